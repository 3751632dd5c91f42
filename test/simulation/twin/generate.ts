import { faultOf, randomMeddling, randomPause, randomSetting } from '../life/generate';
import { nextTemplate } from '../life/next-template';
import { isStormy } from '../life/storms';
import { Random } from '../random';
import { faultKinds, type Fault, type FaultKind } from '../world/faults';
import type { Setting } from '../world/world';
import type { TwinDeed, TwinLife, TwinStep } from './life';
import type { Program } from './program';

/** A random life of a Pulumi stack. The seed decides everything. */
export function generateTwin(seed: string): TwinLife {
  const random = new Random(`${seed}/pulumi`);
  const stormy = isStormy(seed);
  const wild = stormy ? 'storm' : random.weighted({ calm: 2, rough: 5, storm: 3 });
  const setting = randomSetting(random);
  const steps: TwinStep[] = [];
  let program: Program = {};
  const length = stormy ? random.int(3, 7) : random.int(1, 5);
  // Of its own, as this came later: the lives of older seeds go on as they were otherwise.
  const colleagues = new Random(`${seed}/colleagues`);
  for (let i = 0; i < length; i++) {
    const deed = nextDeed(random, setting, program, i);
    if (deed.do === 'up') program = deed.program;
    const faults = wild === 'calm' ? 0 : wild === 'rough' ? random.int(0, 2) : random.int(1, 4);
    steps.push({
      deed,
      seed: `${seed}#${i}`,
      faults: Array.from({ length: faults }, () => randomFault(random)),
      ...(colleagues.chance(0.1) && { byNewer: true as const }),
    });
  }
  return { twin: 'pulumi', seed, setting, steps };
}

function nextDeed(random: Random, { products }: Setting, program: Program, i: number): TwinDeed {
  const kind =
    i === 0 ? 'up' : random.weighted({ up: 60, refresh: 12, destroy: 8, meddle: 14, lose: 8, settle: 4, wait: 4 });
  switch (kind) {
    case 'up':
      return nextUp(random, program, products);
    case 'meddle':
      return { do: 'meddle', how: randomMeddling(random) };
    case 'lose': {
      const what = random.weighted({ journal: 60, state: 25, both: 15 });
      return { do: 'lose', what, back: random.chance(0.5) ? 0 : random.int(1, 2) };
    }
    case 'wait':
      return { do: 'wait', ms: randomPause(random) };
    case 'refresh':
    case 'destroy':
    case 'settle':
      return { do: kind };
  }
}

/** The program as it was, as often as not after something was cut off; or the next one, some batches of it by other names. */
function nextUp(random: Random, program: Program, products: Setting['products']): TwinDeed {
  const previews = random.chance(0.4);
  if (Object.keys(program).length > 0 && random.chance(0.25)) return { do: 'up', program, aliases: {}, previews };
  const next = nextTemplate(random, program, products);
  return { do: 'up', program: next, aliases: aliasesOf(random, program, next), previews };
}

/** A batch that has another name now may tell of it. */
function aliasesOf(random: Random, before: Program, after: Program): Record<string, string> {
  const left = Object.keys(before).filter((name) => !after[name]);
  const come = Object.keys(after).filter((name) => !before[name]);
  const renamed = come.flatMap((name) => {
    const old = left.find((each) => JSON.stringify(before[each]) === JSON.stringify(after[name]));
    return old !== undefined && random.chance(0.6) ? [[name, old] as const] : [];
  });
  return Object.fromEntries(renamed);
}

const weights = Object.fromEntries(Object.keys(faultKinds).map((kind) => [kind, 10])) as Record<FaultKind, number>;
for (const kind of Object.keys(faultKinds) as FaultKind[]) {
  // There is no CloudFormation, nor a Lambda that is thawed, and a folder does not change its mind.
  if (['event', 'secret'].includes(faultKinds[kind])) weights[kind] = 0;
}
Object.assign(weights, {
  outlives: 0,
  refused: 4,
  forbidden: 4,
  stuckJob: 5,
  stuckCheck: 4,
  storeConflict: 0,
  storeDenied: 2,
  storeLostBefore: 3,
  storeLostAfter: 3,
  storeOutage: 3,
  storeSlow: 3,
  killedBefore: 30,
  killedAfter: 30,
  askerKilled: 30,
  interrupted: 15,
  interruptedTwice: 20,
  lostAfter: 20,
  late: 15,
});

function randomFault(random: Random): Fault {
  const fault = faultOf(random, random.weighted(weights));
  // A machine may sleep, but not on and on.
  if (fault.kind === 'paused') return { ...fault, times: 1, ms: Math.min(fault.ms, 250_000) };
  // A folder or a bucket is slow, but not for a minute at each call.
  return fault.kind === 'storeSlow' ? { ...fault, ms: Math.min(fault.ms, 10_000) } : fault;
}
