import type { BranchesHit } from './branches';
import type { Run } from './run';

/** What a run came to, in lines; `missed`: what no life has met. */
export function tellRun({ lived, broken, tally, seconds }: Run, missed: readonly string[]): string {
  const stories = broken.map(
    ({ seed, twin, story }) => `\n${story}\n\nLive it again: npm run simulate -- --twin ${twin} --seed ${seed}`,
  );
  return [
    tally.toString(),
    `${lived.toLocaleString('en')} lives in ${seconds.toFixed(0)} s: ${(lived / seconds).toFixed(0)} a second`,
    ...stories,
    ...(missed.length > 0 ? [`never met: ${missed.join(', ')}`] : []),
    broken.length === 0 ? 'no invariant was broken' : `${broken.length} broke an invariant`,
  ].join('\n');
}

export function tellBranches(parts: readonly BranchesHit[]): string {
  const rows = parts.map(
    ({ folder, hit, all }) => `  ${folder.padEnd(12)}  ${hit} of ${all}: ${((100 * hit) / all).toFixed(1)} %`,
  );
  const missed = parts.flatMap((part) => part.missed.map((place) => `  ${place}`));
  return ['branches of the sources that were run through', ...rows, '', 'and that were not', ...missed].join('\n');
}
