import type { Settled, SettleStep } from '../lib/batch';
import { devices, listOf } from '../lib/batch/messages';

/** Whether there is nothing left that somebody has to see to. */
export function isSettled({ left, finished }: Settled): boolean {
  return left.length === 0 && finished.every(({ suspects }) => suspects.length === 0);
}

/** What `settle` prints for people. */
export function describeSettled(settled: Settled): string {
  const lines = [
    ...settled.ended.map(({ batchId, request }) => `batch ${batchId}: ended request ${request}, which nobody finished`),
    ...settled.finished.flatMap(describeFinished),
    ...settled.left.map(({ batchId, generation, reason, code }) => {
      const what = generation === undefined ? `batch ${batchId}` : `generation ${generation}`;
      return `still owed: ${what}: ${reason} [${code}]`;
    }),
  ];
  if (settled.left.length > 0) lines.push('', ...ADVICE);
  return lines.length === 0 ? 'nothing is owed\n' : `${lines.join('\n')}\n`;
}

function describeFinished({ generation, deleted, suspects, forgotten }: Settled['finished'][number]): string[] {
  const lines =
    forgotten === undefined
      ? [`generation ${generation}: gone, ${devices(deleted)} deleted in all`]
      : [
          `generation ${generation}: forgotten, ${devices(deleted)} had been deleted; ` +
            (forgotten.length === 0 ? 'no other was on record' : `of these some may still exist: ${listOf(forgotten)}`),
        ];
  if (suspects.length > 0) {
    lines.push(
      `generation ${generation}: ${devices(suspects.length)} under its names cannot be proven its own and were left alone: ` +
        `${listOf(suspects)}. Look at them in the cloud's console; this is not told again`,
    );
  }
  return lines;
}

const ADVICE = [
  'Mend the reasons and settle again; it continues. Or say what may happen all the same:',
  '  --delete-activated <batchId>  its devices may be deleted although they have connected',
  '  --forget <generationId>       you have seen to its devices yourself; they are left alone',
];

/** What `settle --dry-run` prints for people. */
export function describePreview(steps: readonly SettleStep[]): string {
  if (steps.length === 0) return 'nothing is owed\n';
  return steps.map((step) => `${describeStep(step)}\n`).join('');
}

function describeStep({ batchId, action, id, devices: count = 0, deleteActivated }: SettleStep): string {
  switch (action) {
    case 'endRequest':
      return `batch ${batchId}: would end request ${id}, which nobody finishes`;
    case 'forget':
      return `batch ${batchId}: would forget generation ${id} and leave alone what exists of the ${devices(count)} on record`;
    case 'drop':
      return (
        `batch ${batchId}: would delete or release what generation ${id} is still to answer for, of ${devices(count)} on record; ` +
        `one that has ever connected ${deleteActivated ? 'as well' : 'stops it'}`
      );
  }
}
