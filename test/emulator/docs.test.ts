import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  defaultAssumptions,
  defaultTencentAssumptions,
  documentedQuotas,
  documentedTencentQuotas,
  IotEmulator,
} from '../../emulator';
import { aliyunRoutes } from '../../emulator/aliyun/admin';
import { operations } from '../../emulator/aliyun/operations';
import { tencentRoutes } from '../../emulator/tencent/admin';
import { operations as actions } from '../../emulator/tencent/api-2/operations';
import { operations as tencentOperations } from '../../emulator/tencent/api-3/operations';

const page = readFileSync(join(__dirname, '../../docs/emulator.md'), 'utf8');

/** The lines below a heading, up to the next one. */
function section(heading: string): string[] {
  const lines = page.split('\n');
  const from = lines.indexOf(heading) + 1;
  if (from === 0) throw new Error(`docs/emulator.md has no ${heading}`);
  const length = lines.slice(from).findIndex((line) => line.startsWith('#'));
  return lines.slice(from, from + length);
}

/** The first row below the heading that begins with this name. */
const rowOf = (heading: string, name: string) => section(heading).find((line) => line.startsWith(`| \`${name}\` `));

const rated = [
  ...[...operations.values()].map((operation) => ({ heading: '### Operations', ...operation })),
  ...[...tencentOperations.values()].map((operation) => ({ heading: '### Operations of API 3.0', ...operation })),
  ...[...actions.values()].map((operation) => ({ heading: '### Actions of API 2.0', ...operation })),
];

test.each(rated)('docs/emulator.md has $name, $heading, with its rate', ({ heading, name, callsPerSecond }) => {
  expect(rowOf(heading, name)?.split('|')[2]).toMatch(new RegExp(`^ ${callsPerSecond}(;| )`));
});

const assumed = [
  ...Object.entries(defaultAssumptions).map((entry) => ['### Assumptions', ...entry] as const),
  ...Object.entries(defaultTencentAssumptions).map((entry) => ['### Assumptions about Tencent', ...entry] as const),
];

test.each(assumed)('docs/emulator.md has, %s, the switch %s, its default first', (heading, name, value) => {
  const first = /`([^`]*)`/.exec(rowOf(heading, name)?.split('|')[2] ?? '')?.[1];
  expect(first).toBe(typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value));
});

test.each([
  ...Object.keys(documentedQuotas('cn-shanghai')).map((name) => ['### Quotas', name]),
  ...Object.keys(documentedTencentQuotas).map((name) => ['### Quotas of Tencent', name]),
])('docs/emulator.md has, %s, the quota %s', (heading = '', name = '') => {
  expect(rowOf(heading, name)).toBeDefined();
});

const { aliyun, tencent } = new IotEmulator();

test.each(Object.keys({ ...aliyunRoutes(aliyun), ...tencentRoutes(tencent) }))('docs/emulator.md has %s', (route) => {
  const [, path = ''] = route.split(' ');
  // `POST aliyun/connect`, `disconnect`, `delete` share a row.
  const [parent, last = ''] = path.split('/');
  expect(page).toMatch(new RegExp(`${path.replace('*', '…')}|${parent}/.*\\b${last}\\b`));
});
