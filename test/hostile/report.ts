import { row, table } from '../../bench/table';
import type { Answered } from './answered';
import type { HostileOptions, HostileRun } from './hostile';
import type { Side } from './side';

/** What a run has shown, to be read: always beside the side without faults. */
export function tell({ minutes, batches, seed }: HostileOptions, run: HostileRun): string {
  const { hostile, control, held, left, seconds } = run;
  const both = [hostile, control] as const;
  const kinds = [...new Set(control.operations.map(({ kind }) => kind))].sort();
  const rate = (count: number, { operations }: { operations: unknown[] }) => count / operations.length;
  const weather = Object.entries(hostile.weather).sort(([, one], [, other]) => other - one);
  const [before = NaN, after = NaN] = [held.before, held.after].map(({ bytes }) => bytes);
  const requests = hostile.requests + control.requests;
  return [
    `${batches} batches for ${minutes} minutes, seed ${seed}; all settled after ${seconds.toFixed(0)} s`,
    table('faults and none, side by side', [
      row('', 'faults', 'none', 'ratio'),
      compared('operations', hostile.operations.length, control.operations.length),
      compared('failed operations', failed(hostile.operations), failed(control.operations)),
      compared('requests', hostile.requests, control.requests),
      compared('requests an operation', rate(hostile.requests, hostile), rate(control.requests, control)),
      compared('requests to S3', hostile.bucketRequests, control.bucketRequests),
      compared('retries', sum(hostile.retries), sum(control.retries)),
      compared('retries an operation', rate(sum(hostile.retries), hostile), rate(sum(control.retries), control)),
    ]),
    ...[0.5, 0.9].map((part) =>
      table(`seconds within which ${part * 100} % of the operations ended`, [
        row('', 'faults', 'none', 'ratio'),
        ...kinds.map((kind) => compared(kind, within(hostile, kind, part), within(control, kind, part))),
      ]),
    ),
    table('why operations failed', [row('', 'faults', 'none'), ...counts(...both.map(codesOf))]),
    ['what was said', ...examples(hostile)].join('\n  '),
    table('why calls were repeated', [row('', 'faults', 'none'), ...counts(...both.map((side) => side.retries))]),
    table('spells of', [row('', 'times'), ...weather.map(([fault, times]) => row(fault, String(times)))]),
    `memory before and after, collected: ${[before, after].map((each) => `${(each / 1e6).toFixed(1)} MB`).join(', ')}; ` +
      `${((after - before) / requests).toFixed(0)} bytes a request`,
    left.length === 0
      ? 'nothing is left: no device, no job, nothing owed, no lease, no socket, no timer, no file'
      : `left:\n  ${left.join('\n  ')}`,
  ].join('\n\n');
}

function compared(what: string, faults: number, none: number): string[] {
  return row(what, ...[faults, none, faults / none].map(figure));
}

function figure(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return Number.isInteger(value) ? value.toLocaleString('en') : value.toFixed(2);
}

/** So many seconds took a part of the operations of a kind at most. */
function within({ operations }: Side, kind: string, part: number): number {
  const times = operations.filter((each) => each.kind === kind).map(({ ms }) => ms / 1000);
  return times.sort((a, b) => a - b)[Math.floor(times.length * part)] ?? NaN;
}

function failed(operations: readonly Answered[]): number {
  return operations.filter((each) => each.failed !== undefined).length;
}

function codesOf({ operations }: Side): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const { failed: code } of operations) if (code !== undefined) counted[code] = (counted[code] ?? 0) + 1;
  return counted;
}

/** For each code what was said when it first came. */
function examples({ operations }: Side): string[] {
  const first = new Map<string, string>();
  for (const { failed: code, said = '' } of operations)
    if (code !== undefined && !first.has(code)) first.set(code, said);
  return [...first.values()].sort().map((said) => (said.length > MOST_SAID ? `${said.slice(0, MOST_SAID)}…` : said));
}

const MOST_SAID = 300;

/** A row for each key of any of them. */
function counts(...all: Record<string, number>[]): string[][] {
  const names = [...new Set(all.flatMap((each) => Object.keys(each)))].sort();
  return names.map((name) => row(name, ...all.map((each) => String(each[name] ?? 0))));
}

function sum(counted: Record<string, number>): number {
  return Object.values(counted).reduce((all, each) => all + each, 0);
}
