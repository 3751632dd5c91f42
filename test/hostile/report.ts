import { row, table } from '../../bench/table';
import type { Answered } from './resident';
import type { HostileOptions, HostileRun } from './hostile';

/** What a run has shown, to be read: always beside the side without faults. */
export function tell({ minutes, batches, seed }: HostileOptions, run: HostileRun): string {
  const { hostile, control, held, left, seconds } = run;
  const kinds = [...new Set(control.operations.map(({ kind }) => kind))].sort();
  const lag = kinds.map((kind) => [kind, ...medians(hostile.operations, control.operations, kind)]);
  const rate = (count: number, { operations }: { operations: unknown[] }) => count / operations.length;
  const weather = Object.entries(hostile.weather).sort(([, one], [, other]) => other - one);
  const megabytes = [held.before, held.after].map(({ heapBytes = NaN }) => heapBytes / 1e6);
  return [
    `${batches} batches for ${minutes} minutes, seed ${seed}; all settled after ${seconds.toFixed(0)} s`,
    table('faults and none, side by side', [
      row('', 'faults', 'none', 'ratio'),
      compared('operations', hostile.operations.length, control.operations.length),
      compared('failed operations', failed(hostile.operations), failed(control.operations)),
      compared('requests', hostile.requests, control.requests),
      compared('requests an operation', rate(hostile.requests, hostile), rate(control.requests, control)),
      compared('retries', hostile.retries, control.retries),
      compared('retries an operation', rate(hostile.retries, hostile), rate(control.retries, control)),
    ]),
    table('median seconds of an operation', [
      row('', 'faults', 'none', 'ratio'),
      ...lag.map(([kind, one, other]) => compared(String(kind), Number(one), Number(other))),
    ]),
    table('why operations failed', [
      row('', 'faults', 'none'),
      ...codes(run).map((code) => row(code, ...[hostile, control].map((side) => String(count(side.operations, code))))),
    ]),
    table('spells of', [row('', 'times'), ...weather.map(([fault, times]) => row(fault, String(times)))]),
    `heap before and after: ${megabytes.map((each) => `${each.toFixed(1)} MB`).join(', ')}`,
    left.length === 0
      ? 'nothing is left: no device, no job, nothing owed, no socket, no timer, no file'
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

function medians(...sides: [Answered[], Answered[], string]): [number, number] {
  const [faults, none, kind] = sides;
  return [median(faults, kind), median(none, kind)];
}

function median(operations: readonly Answered[], kind: string): number {
  const times = operations.filter((each) => each.kind === kind).map(({ ms }) => ms / 1000);
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;
}

function failed(operations: readonly Answered[]): number {
  return operations.filter((each) => each.failed !== undefined).length;
}

function codes({ hostile, control }: HostileRun): string[] {
  const all = [...hostile.operations, ...control.operations].flatMap((each) => each.failed ?? []);
  return [...new Set(all)].sort();
}

function count(operations: readonly Answered[], code: string): number {
  return operations.filter((each) => each.failed === code).length;
}
