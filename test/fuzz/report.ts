import { row, table } from '../../bench/table';
import type { Worked } from './work';

/** A run as a table; rates depend on the machine and on what else it did. `seconds`: of the run as a whole. */
export function tell(seed: number, tried: readonly Worked[], seconds: number): string {
  const inputs = tried.reduce((all, one) => all + one.inputs, 0);
  const most = (of: (one: Worked) => number) => Math.max(...tried.map(of)).toFixed(0);
  const total = [seconds, inputs / seconds].map((figure) => figure.toFixed(0));
  const broken = tried.filter(({ failure }) => failure !== undefined).map(({ target }) => target);
  return [
    table(`seed ${seed}`, [
      row('', 'inputs', 'right', 'coded error', 'seconds', 'a second', 'slowest ms', 'peak MB'),
      ...tried.map(rowOf),
      row(
        ...['in all', inputs.toLocaleString('en'), '', '', ...total],
        ...[most(({ slowestMs }) => slowestMs), most(({ peakMemoryMb }) => peakMemoryMb)],
      ),
    ]),
    broken.length === 0
      ? 'every input ended with a right result or a coded error'
      : `ended as it must not: ${broken.join(', ')}`,
  ].join('\n\n');
}

/** How often each ending came, the most frequent first. */
export function endingsOf({ target, inputs, endings }: Worked): string {
  const lines = [...endings]
    .sort(([, a], [, b]) => b - a)
    .map(([ending, count]) => `${count.toLocaleString('en').padStart(9)}  ${ending}`);
  return [`${target}: ${inputs.toLocaleString('en')} inputs`, ...lines].join('\n');
}

function rowOf({ target, inputs, endings, seconds, slowestMs, peakMemoryMb }: Worked): string[] {
  const well = (endings.get('right') ?? 0) + (endings.get('succeeded') ?? 0);
  const figures = [seconds, inputs / seconds, slowestMs, peakMemoryMb].map((figure) => figure.toFixed(0));
  return row(target, ...[inputs, well, inputs - well].map((count) => count.toLocaleString('en')), ...figures);
}
