import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultAssumptions, documentedQuotas, IotEmulator } from '../../emulator';
import { aliyunRoutes } from '../../emulator/aliyun/admin';
import { operations } from '../../emulator/aliyun/operations';

const page = readFileSync(join(__dirname, '../../docs/emulator.md'), 'utf8');

/** Rows of the page's tables that begin with this name. */
const rowOf = (name: string) => page.split('\n').find((line) => line.startsWith(`| \`${name}\` `));

test.each([...operations.values()])(
  'docs/emulator.md has $name with its documented rate',
  ({ name, callsPerSecond }) => {
    expect(rowOf(name)?.split('|')[2]).toMatch(new RegExp(`^ ${callsPerSecond}(;| )`));
  },
);

test.each(Object.entries(defaultAssumptions))(
  'docs/emulator.md has the switch %s, its default first',
  (name, value) => {
    const first = /`([^`]*)`/.exec(rowOf(name)?.split('|')[2] ?? '')?.[1];
    expect(first).toBe(typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value));
  },
);

test.each(Object.keys(documentedQuotas('cn-shanghai')))('docs/emulator.md has the quota %s', (name) => {
  expect(rowOf(name)).toBeDefined();
});

test.each(Object.keys(aliyunRoutes(new IotEmulator().aliyun)))('docs/emulator.md has %s', (route) => {
  const [, path = ''] = route.split(' ');
  // `POST aliyun/connect`, `disconnect`, `delete` share a row.
  const [parent, last = ''] = path.split('/');
  expect(page).toMatch(new RegExp(`${path.replace('*', '…')}|${parent}/.*\\b${last}\\b`));
});
