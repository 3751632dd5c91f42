import { isOnTencent, type ProductName } from '../clouds/products';
import { Random } from '../random';
import type { Course } from '../stack/stack';
import type { Template } from '../stack/spec';
import { faultKinds, type Fault, type FaultKind } from '../world/faults';
import type { Meddling, Setting } from '../world/world';
import { MOST_BATCHES, nextTemplate } from './next-template';
import type { Deed, Life, Step } from './life';
import { isStormy } from './storms';

/** A random life. The seed decides everything. */
export function generate(seed: string): Life {
  const random = new Random(seed);
  const stormy = isStormy(seed);
  const wild = stormy ? 'storm' : random.weighted({ calm: 2, rough: 5, storm: 3 });
  const setting = randomSetting(random);
  const steps: Step[] = [];
  let template: Template = {};
  const most = random.chance(0.03) ? MOST_BATCHES.crowded : MOST_BATCHES.usual;
  const isCrowded = most > MOST_BATCHES.usual;
  const length = stormy ? random.int(3, isCrowded ? 3 : 6) : random.int(1, isCrowded ? 2 : 4);
  for (let i = 0; i < length; i++) {
    const deed = nextDeed(random, setting, template, i === 0, most);
    if (deed.do === 'deploy') template = deed.template;
    if (deed.do === 'delete') template = {};
    const faults = wild === 'calm' ? 0 : wild === 'rough' ? random.int(0, 2) : random.int(1, 5);
    steps.push({ deed, seed: `${seed}#${i}`, faults: Array.from({ length: faults }, () => randomFault(random)) });
  }
  return { seed, setting, steps };
}

function nextDeed(random: Random, { products }: Setting, template: Template, first: boolean, most: number): Deed {
  const kind = first
    ? 'deploy'
    : random.weighted({ deploy: 60, delete: 8, 'roll back': 6, meddle: 14, redeliver: 6, wait: 6, rename: 3 });
  switch (kind) {
    case 'deploy':
      return { do: 'deploy', template: nextTemplate(random, template, products, most), course: randomCourse(random) };
    case 'rename':
      return { do: 'rename', course: { ...randomCourse(random), sibling: undefined } };
    case 'roll back':
      return { do: 'roll back', course: { ...randomCourse(random), sibling: undefined, rollback: true } };
    case 'delete':
      return { do: 'delete' };
    case 'meddle':
      return { do: 'meddle', how: randomMeddling(random) };
    case 'redeliver':
      return { do: 'redeliver', which: random.int(0, 9) };
    case 'wait':
      return { do: 'wait', ms: randomPause(random) };
  }
}

/** What somebody else does to a device. */
export function randomMeddling(random: Random): Meddling {
  return random.weighted({ connectsMeanwhile: 3, deletedMeanwhile: 3, takenMeanwhile: 2, reRegisteredMeanwhile: 2 });
}

/** Milliseconds in which nobody does anything. */
export function randomPause(random: Random): number {
  return random.pick([1_000, 60_000, 400_000, 4_000_000]);
}

function randomCourse(random: Random): Course {
  const sibling = random.weighted({ none: 60, while: 20, after: 20 });
  return {
    together: random.chance(0.5),
    ...(sibling !== 'none' && { sibling }),
    waits: random.chance(0.5),
    rollback: random.chance(0.85),
    backUnder: random.pick(['old', 'new'] as const),
    back: random.chance(0.75) ? 'update' : 'delete',
  };
}

/** How often each kind comes: what is rare outside is rare here as well, but not too rare to be met. */
const weights = Object.fromEntries(Object.keys(faultKinds).map((kind) => [kind, 10])) as Record<FaultKind, number>;
Object.assign(weights, {
  refused: 4,
  forbidden: 4,
  stuckJob: 5,
  stuckCheck: 4,
  storeDenied: 3,
  secretDenied: 3,
  storeOutage: 5,
  outlives: 20,
  lostEvent: 4,
  newerMajor: 5,
  cloudOutage: 5,
});
Object.assign(weights, { killedBefore: 25, killedAfter: 25, lostAfter: 20, late: 15 });
// CloudFormation does not go away.
for (const kind of Object.keys(faultKinds) as FaultKind[]) if (faultKinds[kind] === 'asker') weights[kind] = 0;

/** Calls at which much depends on what is struck. */
const delicate: Partial<Record<(typeof faultKinds)[FaultKind], readonly string[]>> = {
  cloud: [
    'cloud register',
    'cloud register',
    'cloud check',
    'cloud delete',
    'cloud status',
    'cloud collect',
    'cloud look',
  ],
  store: ['store compare heads', 'store put', 'store compare', 'store get', 'store list', 'store delete'],
  compare: ['store compare heads', 'store compare generations'],
  secret: ['secret create', 'secret delete', 'secret'],
  any: [
    'secret',
    'cloud register',
    'cloud delete',
    'store compare heads',
    'store compare generations',
    'store delete',
    'cloud',
  ],
  asker: [
    'cloud register',
    'cloud status',
    'cloud delete',
    'cloud collect',
    'store compare heads',
    'store put generations',
    'store put manifests',
    'engine',
  ],
  event: ['event Create', 'event Update', 'event Delete'],
};

function randomFault(random: Random): Fault {
  return faultOf(random, random.weighted(weights));
}

/** A fault of this kind, somewhere. */
export function faultOf(random: Random, kind: FaultKind): Fault {
  const targets = delicate[faultKinds[kind]];
  const aimed = targets !== undefined && random.chance(0.6);
  const on = aimed ? random.pick(targets) : '';
  // Of these a step has few.
  const isRare = ['event', 'register', 'check', 'secret'].includes(faultKinds[kind]);
  const nth = isRare ? random.int(1, 2) : aimed ? random.int(1, 4) : random.int(1, 60);
  const times = random.chance(0.7) ? 1 : random.pick([2, 3, 8, 60]);
  const ms = random.pick([100, 800, 3_000, 15_000, 45_000, 80_000]);
  const long = lasting.has(kind) ? random.pick([5_000, 60_000, 250_000, 700_000]) : ms;
  return {
    kind,
    on,
    nth,
    times: kind === 'invokedAgain' ? random.int(1, 5) : times,
    ms: kind === 'clockJump' ? random.int(-1_500, 1_500) : kind === 'cloudOutage' ? long * 5 : long,
  };
}

const lasting: ReadonlySet<FaultKind> = new Set([
  'paused',
  'storeOutage',
  'cloudOutage',
  'sharedRates',
  'newerMinor',
  'newerMajor',
]);

/** Half of the lives are led on Alibaba's cloud, the others on Tencent's; some batches move to the other cloud. */
function randomProducts(random: Random): Setting['products'] {
  const home = random.weighted<ProductName>({
    aliyun: 50,
    certificates: 14,
    preSharedKeys: 14,
    legacy: 12,
    legacyCertificates: 10,
  });
  const others: Partial<Record<ProductName, number>> = isOnTencent(home)
    ? { aliyun: 20, certificates: 20, preSharedKeys: 20, legacy: 20, legacyCertificates: 20 }
    : { otherAliyun: 85, certificates: 5, preSharedKeys: 5, legacyCertificates: 5 };
  return [home, random.weighted({ ...others, [home]: 0 })];
}

export function randomSetting(random: Random): Setting {
  return {
    products: randomProducts(random),
    namesPerJob: random.pick([10_000, 10_000, 3, 2, 1]),
    timeoutSeconds: random.pick([900, 900, 1_800, 600]),
    cloudSkewMs: random.pick([0, 0, 0, 120_000, -120_000]),
    checkMs: random.pick([1_000, 1_000, 20_000]),
    createMs: random.pick([2_000, 2_000, 60_000]),
    createPerDeviceMs: random.pick([1, 500]),
    assumptions: {
      ...(random.chance(0.2) && { existingNamesInCheck: 'pass' as const }),
      ...(random.chance(0.2) && { repeatedRegister: 'refuse' as const }),
      ...(random.chance(0.2) && { pageAfterDeletion: 'asCreated' as const }),
      ...(random.chance(0.2) && { listsWhileRunning: 'partial' as const }),
      ...(random.chance(0.2) && { nonceOfRefusedCall: 'free' as const }),
      ...(random.chance(0.4) && { deviceQuota: random.pick(['atCheck', 'whileCreating'] as const) }),
    },
    tencent: {
      ...(random.chance(0.2) && { orderOfTaskPage: random.pick(['byName', 'backwards'] as const) }),
      ...(random.chance(0.2) && { deletedDevicesOfTask: 'leftOut' as const }),
      ...(random.chance(0.2) && { unusedFields: random.pick(['empty', 'null'] as const) }),
      ...(random.chance(0.2) && { orderOfListing: 'newestFirst' as const }),
      ...(random.chance(0.2) && { neverOnline: 'null' as const }),
      ...(random.chance(0.1) && { createTime: 'null' as const }),
      ...(random.chance(0.2) && { unknownTask: 'ResourceNotFound.TaskNotExist' as const }),
      ...(random.chance(0.2) && { legacyPageBeforeEnd: random.pick(['empty', 'refuse'] as const) }),
    },
  };
}
