import * as fc from 'fast-check';
import type { Target } from './target';

/** What has become of the inputs of a target. */
export interface Fuzzed {
  /** How often each ending came. */
  readonly endings: ReadonlyMap<string, number>;
  /** The longest that one input took, in milliseconds. */
  readonly slowestMs: number;
  /** Where an input ended as it must not: the smallest that was found, and how to try it again. */
  readonly failure?: string;
}

/** Something that has not ended by then never will: time is virtual in all targets. */
const ENDLESS_MS = 20_000;

/**
 * Puts `inputs` inputs into a target, one after the other. The same seed makes the same ones. `began`: hears of each before it is put
 * in; `path`: begins with that one.
 */
export async function fuzz(
  target: Target,
  inputs: number,
  seed: number,
  { began = () => undefined, path }: { began?: (input: number) => void; path?: string } = {},
): Promise<Fuzzed> {
  const endings = new Map<string, number>();
  let slowestMs = 0;
  let count = 0;
  const property = fc.asyncProperty(target.inputs, async (input) => {
    began(count++);
    const started = performance.now();
    const ending = await target.attempt(input);
    slowestMs = Math.max(slowestMs, performance.now() - started);
    endings.set(ending, (endings.get(ending) ?? 0) + 1);
  });
  const details = await fc.check(property, {
    ...{ numRuns: inputs, seed, timeout: ENDLESS_MS },
    ...(path !== undefined && { path }),
  });
  const failure = details.failed ? `${fc.defaultReportMessage(details)}\n${stackOf(details.errorInstance)}` : undefined;
  return { endings, slowestMs, ...(failure !== undefined && { failure }) };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
