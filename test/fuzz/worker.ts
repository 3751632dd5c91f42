import { fuzz, type Fuzzed } from './fuzz';
import type { Said, Work } from './work';
import { targets } from './targets';

/** A process of its own for a target: it is told of one piece of work, says now and then how far it is, and ends with what has become of it. */
process.once('message', (work: Work) => void done(work).then(finish));

async function done({ target: name, inputs, seed, path }: Work): Promise<Fuzzed> {
  const target = targets.find((each) => each.name === name);
  if (!target) throw new RangeError(`there is no target ${name}`);
  let lastSaid = 0;
  const began = (input: number): void => {
    if (performance.now() - lastSaid < SAY_EVERY_MS) return;
    lastSaid = performance.now();
    say({ began: input });
  };
  return fuzz(target, inputs, seed, { began, ...(path !== undefined && { path }) });
}

const SAY_EVERY_MS = 1_000;

function finish(fuzzed: Fuzzed): void {
  // What a target has left open (a file, a timer) is not to keep the process.
  say({ fuzzed, peakMemoryMb: process.resourceUsage().maxRSS / 1000 }, () => process.exit());
}

function say(said: Said, then: () => void = () => undefined): void {
  process.send?.(said, undefined, undefined, then);
}
