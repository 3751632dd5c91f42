import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { maxDeletableDevices } from '../../lib/batch/contract';
import * as aliyun from '../../lib/clouds/aliyun/limits';
import * as tencent from '../../lib/clouds/tencent/limits';

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'docs/limits.md'), 'utf8');

/** The cells of every row that begins with a name in code, of the whole page or one chapter. */
function rowsOf(text: string): string[][] {
  return text
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([, first]) => /^`\w+`$/.test(first ?? ''))
    .map((cells) => cells.slice(1, -1));
}

const chapter = (title: string) => page.split('\n## ').find((text) => text.startsWith(title)) ?? '';
const rows = rowsOf(page);

const number = (text: string | undefined) => Number((text ?? '').replace(/,/g, ''));
const named = (text: string | undefined) => (text ?? '').replace(/`/g, '');

describe.each([
  ['Alibaba Cloud IoT Platform', aliyun],
  ['Tencent Cloud IoT Hub', tencent],
])('docs/limits.md has of %s', (title, { documentedRates, pageSizes }) => {
  const cells = (operation: string) => rowsOf(chapter(title)).find(([first]) => named(first) === operation);

  test.each(Object.entries(documentedRates))(
    '%s with its calls a second',
    (operation, perSecond: number | undefined) => {
      expect(cells(operation)?.[1]).toBe(perSecond === undefined ? '' : String(perSecond));
    },
  );

  test.each(Object.entries(pageSizes))('%s with %i devices a call', (operation, devices) => {
    expect(number(cells(operation)?.[2])).toBe(devices);
  });
});

test.each(['namesPerJob', 'assignedPerJob'] as const)('docs/limits.md has %s', (limit) => {
  expect(number(rows.find(([first]) => named(first) === limit)?.[1])).toBe(aliyun.aliyunLimits[limit]);
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
  const [alibabas, tencents, legacy] = [aliyun.aliyunLimits, tencent.limitsOfApi(), tencent.limitsOfApi('2.0')].map(
    (limits) => maxDeletableDevices(limits).toLocaleString('en'),
  );
  expect(page).toContain(`have ${alibabas} devices at most on Alibaba's cloud and ${tencents} on Tencent's`);
  expect(page).toContain(`By API 2.0 a batch has ${legacy} devices at most`);
});

/** Products and quotients of numbers, as constants are written: `7 * 24 * 3600_000`. */
function valueOf(expression: string): number {
  const [first = '', ...rest] = expression.replace(/_/g, '').split(/ ([*/]) /);
  let value = Number(first);
  for (let i = 0; i < rest.length; i += 2)
    value = rest[i] === '*' ? value * Number(rest[i + 1]) : value / Number(rest[i + 1]);
  return value;
}
