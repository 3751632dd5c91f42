import type { Violation } from '../oracle/report';
import { Tally } from '../tally';
import { generateAny, performAny, tellAny, twinOf, type AnyLife, type Twin } from './lives';
import { shrink } from './shrink';

/** A life that broke an invariant. */
export interface Broken {
  /** Replays it exactly. */
  seed: string;
  twin: Twin;
  violations: Violation[];
  /** What is left of it that still breaks the same invariant, told line by line. */
  story?: string;
}

/** Which lives to live: those of a run's seed whose numbers are `first`, `first + step`, … below `end`. */
export interface Share {
  seed: string;
  /** The twin of all of them; else their seeds say. */
  twin?: Twin;
  first: number;
  end: number;
  step: number;
  /** Ends after as many broken lives. */
  mostBroken: number;
  /** Whether broken lives are shrunk and told. */
  tells: boolean;
}

/** What a share of the lives came to. */
export interface Lives {
  lived: number;
  broken: Broken[];
  counts: Tally['counts'];
}

export async function live(
  { seed, twin, first, end, step, mostBroken, tells }: Share,
  lived = () => {},
): Promise<Lives> {
  const tally = new Tally();
  const broken: Broken[] = [];
  let count = 0;
  for (let number = first; number < end && broken.length < mostBroken; number += step) {
    const life = generateAny(lifeSeed(seed, number), twin);
    const { violations } = await performSafely(life, tally);
    count++;
    lived();
    if (violations.length === 0) continue;
    broken.push({
      seed: life.seed,
      twin: twinOf(life),
      violations,
      ...(tells && { story: await shortStory(life, violations) }),
    });
  }
  return { lived: count, broken, counts: tally.counts };
}

/** The seed of one life of a run. */
export function lifeSeed(seed: string, number: number): string {
  return `${seed}/${number}`;
}

/** Lives a life; what it throws, which no life may, is a violation as well. */
export async function performSafely(
  life: AnyLife,
  tally: Tally,
  tell?: (line: string) => void,
): Promise<{ violations: Violation[]; digest: string }> {
  try {
    return await performAny(life, tally, tell);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { violations: [{ invariant: 'I5', text: `the life itself failed: ${text}` }], digest: '' };
  }
}

/** Every line of a life, and how it ends. */
export async function tellWhole(life: AnyLife): Promise<{ story: string; violations: Violation[] }> {
  const lines: string[] = [];
  const { violations } = await performSafely(life, new Tally(), (line) => void lines.push(line));
  const ends = violations.map(({ invariant, text }) => `✗ ${invariant}: ${text}`);
  return { story: [tellAny(life), ...lines, ...ends].join('\n'), violations };
}

async function shortStory(life: AnyLife, [first]: Violation[]): Promise<string> {
  const shorter = await shrink(life, async (candidate) => {
    const { violations } = await performSafely(candidate, new Tally());
    return violations[0]?.invariant === first?.invariant;
  });
  return (await tellWhole(shorter)).story;
}
