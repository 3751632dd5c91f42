import { row, table } from '../../bench/table';
import type { Fuzzed } from './fuzz';

/** What has become of one target in a run. */
export interface Tried extends Fuzzed {
  name: string;
  inputs: number;
  seconds: number;
}

/** A run as a table; rates depend on the machine and on what else it did. */
export function tell(seed: number, tried: readonly Tried[]): string {
  const sum = (of: (one: Tried) => number) => tried.reduce((all, one) => all + of(one), 0);
  const total = { name: 'in all', inputs: sum((one) => one.inputs), seconds: sum((one) => one.seconds) };
  const slowest = Math.max(...tried.map(({ slowestMs }) => slowestMs));
  const rows = [...tried.map((one) => rowOf(one)), rowOf({ ...total, slowestMs: slowest, endings: new Map() })];
  const broken = tried.filter(({ failure }) => failure !== undefined).map(({ name }) => name);
  return [
    table(`seed ${seed}`, [row('', 'inputs', 'well', 'seconds', 'a second', 'slowest ms'), ...rows]),
    `peak memory: ${(process.resourceUsage().maxRSS / 1000).toFixed(0)} MB`,
    broken.length === 0 ? 'every input ended well or with a code' : `ended as it must not: ${broken.join(', ')}`,
  ].join('\n\n');
}

function rowOf({ name, inputs, seconds, slowestMs, endings }: Omit<Tried, 'failure'>): string[] {
  const well = (endings.get('right') ?? 0) + (endings.get('succeeded') ?? 0);
  const share = endings.size === 0 ? '' : `${((100 * well) / inputs).toFixed(0)} %`;
  const figures = [seconds, inputs / seconds, slowestMs].map((figure) => figure.toFixed(0));
  return row(name, inputs.toLocaleString('en'), share, ...figures);
}
