import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { maxDeletableDevices } from '../../lib/batch/contract';
import { aliyunLimits, documentedRates, pageSizes } from '../../lib/clouds/aliyun/limits';

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'docs/limits.md'), 'utf8');

/** The cells of every row that begins with a name in code. */
const rows = page
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, first]) => /^`\w+`$/.test(first ?? ''))
  .map((cells) => cells.slice(1, -1));

const number = (text: string | undefined) => Number((text ?? '').replace(/,/g, ''));
const named = (text: string | undefined) => (text ?? '').replace(/`/g, '');

test.each(Object.entries(documentedRates))('docs/limits.md has %s with %i calls a second', (operation, perSecond) => {
  expect(number(rows.find(([first]) => named(first) === operation)?.[1])).toBe(perSecond);
});

test.each(Object.entries(pageSizes))('docs/limits.md has %s with %i devices a call', (operation, devices) => {
  expect(number(rows.find(([first]) => named(first) === operation)?.[2])).toBe(devices);
});

test.each(['namesPerJob', 'assignedPerJob'] as const)('docs/limits.md has %s', (limit) => {
  expect(number(rows.find(([first]) => named(first) === limit)?.[1])).toBe(aliyunLimits[limit]);
});

const constants = rows.filter(([first]) => /^[A-Z_]+$/.test(named(first)));

test.each(constants.map((cells) => [named(cells[0]), named(cells.at(-1)), cells[1] as string] as const))(
  'docs/limits.md has %s of %s as it is',
  (name, file, figure) => {
    const source = readFileSync(join(root, file), 'utf8');
    const expression = new RegExp(`^(?:export )?const ${name} = ([\\d_.*/ ]+);$`, 'm').exec(source)?.[1];
    expect(expression).toBeDefined();
    expect(number(figure)).toBe(valueOf(expression as string));
  },
);

test('docs/limits.md has the most devices of a stack', () => {
  expect(page).toContain(`have ${maxDeletableDevices(aliyunLimits).toLocaleString('en')} devices at most`);
});

/** Products and quotients of numbers, as constants are written: `7 * 24 * 3600_000`. */
function valueOf(expression: string): number {
  const [first = '', ...rest] = expression.replace(/_/g, '').split(/ ([*/]) /);
  let value = Number(first);
  for (let i = 0; i < rest.length; i += 2)
    value = rest[i] === '*' ? value * Number(rest[i + 1]) : value / Number(rest[i + 1]);
  return value;
}
