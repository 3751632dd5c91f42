import { countNames, MAX_DEVICE_SECRETS } from '../../../lib/batch/contract';
import { products as allProducts, type ProductName } from '../clouds/products';
import { IN_SECRETS_MANAGER } from '../../support/memory-secrets';
import type { Random } from '../random';
import { GENERATED_PREFIX, listings, namesIn, type BatchSpec, type Template } from '../stack/spec';
import { nthName } from '../world/names';

const LOGICAL_IDS = ['Lamps', 'Meters', 'Doors', 'Pumps', 'Gates', 'Bells', 'Fans', 'Valves', 'Clocks'] as const;
const ALL_NAMES = Array.from({ length: 12 }, (_, i) => nthName(i));

/** So many batches most stacks have at most, so that names and ids are soon used again, and some stacks. */
export const MOST_BATCHES = { usual: 3, crowded: 8 } as const;

/**
 * What is deployed next: the template as it was, with one or two changes. No name is in two batches of a product.
 * `most`: how many batches the stack may have.
 */
export function nextTemplate(
  random: Random,
  template: Template,
  products: readonly ProductName[],
  most: number = MOST_BATCHES.usual,
): Template {
  const next = structuredClone(template);
  if (most > MOST_BATCHES.usual) while (Object.keys(next).length < most - 3) fill(random, next, products, most);
  const changes = random.chance(0.7) ? 1 : 2;
  for (let i = 0; i < changes; i++) change(random, next, products, most);
  if (Object.keys(next).length === 0) add(random, next, products, most);
  for (const spec of Object.values(next)) makeAcceptable(spec);
  return next;
}

/** What else the construct would refuse. */
function makeAcceptable(spec: BatchSpec): void {
  if (hasTooManySecrets(spec)) spec.deviceCredentials = 'store';
  const { assignsNames, tellsDevices } = allProducts[spec.product];
  if ('assignedByCloud' in spec.devices && !assignsNames) {
    spec.devices = { generated: { count: spec.devices.assignedByCloud.count, prefix: GENERATED_PREFIX } };
  }
  // Of devices of which nobody can say whether they have ever connected.
  if (!tellsDevices && spec.removalPolicy === 'destroy') spec.deleteActivated = true;
}

function hasTooManySecrets({ deviceCredentials, devices }: BatchSpec): boolean {
  return typeof deviceCredentials === 'object' && countNames(devices) > MAX_DEVICE_SECRETS;
}

function credentials(random: Random): BatchSpec['deviceCredentials'] {
  const kept = { store: 60, none: 15, secrets: 25 };
  const place = random.weighted<keyof typeof kept>(kept);
  return place === 'secrets' ? IN_SECRETS_MANAGER : place;
}

type Change = 'add' | 'remove' | 'rename' | 'move' | 'alter';

/** Adds a batch of few names, of which some are to be left for the others. */
function fill(random: Random, template: Template, products: readonly ProductName[], most: number): void {
  const before = new Set(Object.keys(template));
  add(random, template, products, most);
  const [id, spec] = Object.entries(template).find(([each]) => !before.has(each)) ?? [];
  const names = spec && namesIn(spec);
  if (id !== undefined && spec && names) template[id] = named(spec, names.slice(0, 2));
  // No names are left for a list.
  if (id === undefined) addGenerated(random, template, products, most);
}

function addGenerated(random: Random, template: Template, products: readonly ProductName[], most: number): void {
  const [id = 'Lamps'] = freeIds(template, most);
  const count = random.int(1, 3);
  template[id] = {
    product: elsewhere(random, products, 0.15),
    devices: { generated: { count, prefix: GENERATED_PREFIX } },
    ...options(random),
    onExisting: 'fail',
  };
}

function freeIds(template: Template, most: number): string[] {
  return LOGICAL_IDS.slice(0, most + 1).filter((id) => !template[id]);
}

function change(random: Random, template: Template, products: readonly ProductName[], most: number): void {
  const present = Object.keys(template);
  if (present.length === 0) return add(random, template, products, most);
  const batch = random.pick(present);
  const spec = template[batch] as BatchSpec;
  switch (
    random.weighted<Change>({
      add: present.length < most ? 20 : 0,
      remove: 10,
      rename: 10,
      move: present.length > 1 ? 25 : 0,
      alter: 60,
    })
  ) {
    case 'add':
      return add(random, template, products, most);
    case 'remove':
      delete template[batch];
      return;
    case 'rename': {
      const free = freeIds(template, most);
      if (free.length === 0) return;
      delete template[batch];
      template[random.pick(free)] = spec;
      return;
    }
    case 'move':
      return move(random, template, batch);
    case 'alter':
      template[batch] = alter(random, template, products, batch, spec);
  }
}

function add(random: Random, template: Template, products: readonly ProductName[], most: number): void {
  const free = freeIds(template, most);
  if (free.length === 0) return;
  const id = random.pick(free);
  const product = elsewhere(random, products, 0.15);
  const names = freeNames(template, product);
  if (names.length < 2) return;
  const count = random.int(1, Math.min(5, names.length));
  const kind = random.weighted({ named: 70, assignedByCloud: 15, generated: 15 });
  const chosen = random.chance(0.3) ? names.slice(0, count) : random.shuffled(names).slice(0, count);
  template[id] = {
    product,
    ...(kind === 'named' && { listing: random.pick(listings) }),
    devices:
      kind === 'named'
        ? { named: chosen }
        : kind === 'generated'
          ? { generated: { count, prefix: GENERATED_PREFIX } }
          : { assignedByCloud: { count: random.int(1, 4) } },
    ...options(random),
    onExisting: kind === 'named' && random.chance(0.2) ? adopting(random, chosen) : 'fail',
  };
}

function options(
  random: Random,
): Pick<BatchSpec, 'deleteActivated' | 'deviceCredentials' | 'onPartialFailure' | 'removalPolicy'> {
  return {
    deleteActivated: random.chance(0.25),
    deviceCredentials: credentials(random),
    onPartialFailure: random.chance(0.2) ? 'keep' : 'rollBack',
    removalPolicy: random.chance(0.12) ? 'retain' : 'destroy',
  };
}

/** A name of one batch becomes another's, in the same deployment. */
function move(random: Random, template: Template, from: string): void {
  const source = template[from] as BatchSpec;
  const names = namesIn(source) ?? [];
  const others = Object.keys(template).filter((id) => {
    const target = template[id];
    return target && id !== from && idOf(target.product) === idOf(source.product) && namesIn(target);
  });
  if (names.length < 2 || others.length === 0) return;
  const to = random.pick(others);
  const target = template[to] as BatchSpec;
  const moved = random.pick(names);
  template[from] = named(
    source,
    names.filter((name) => name !== moved),
  );
  template[to] = named(target, [...(namesIn(target) ?? []), moved]);
}

/** All, or some of the names, may belong to devices that exist. */
function adopting(random: Random, names: readonly string[]): BatchSpec['onExisting'] {
  return random.chance(0.6) ? 'adopt' : { adopt: random.shuffled(names).slice(0, random.int(1, names.length)) };
}

type Alteration =
  'grow' | 'shrink' | 'both' | 'replace' | 'reorder' | 'listing' | 'policy' | 'credentials' | 'product' | 'kind';

function alter(
  random: Random,
  template: Template,
  products: readonly ProductName[],
  batch: string,
  spec: BatchSpec,
): BatchSpec {
  const names = namesIn(spec);
  if (!names) return alterNameless(random, spec);
  const free = random.shuffled(freeNames(template, spec.product));
  const some = free.slice(0, random.int(1, 3));
  const kept = random.shuffled(names).slice(0, random.int(1, names.length));
  switch (
    random.weighted<Alteration>({
      grow: 25,
      shrink: 20,
      both: 20,
      replace: 8,
      reorder: 8,
      listing: 4,
      policy: 8,
      credentials: 6,
      product: 6,
      kind: 4,
    })
  ) {
    case 'grow':
      return named(spec, [...names, ...some]);
    case 'shrink':
      return named(
        spec,
        names.filter((name) => kept.includes(name)),
      );
    case 'both':
      return named(spec, [...kept, ...some]);
    case 'replace':
      return some.length > 0 ? named(spec, some) : spec;
    case 'reorder':
      return named(spec, random.shuffled(names));
    case 'listing':
      return { ...spec, listing: random.pick(listings) };
    case 'policy':
      return alterPolicy(random, spec);
    case 'credentials':
      return { ...spec, deviceCredentials: credentials(random) };
    case 'product': {
      const product = random.pick(products.filter((each) => each !== spec.product));
      const there = [...freeNames(template, product), ...(idOf(product) === idOf(spec.product) ? names : [])];
      return names.every((name) => there.includes(name)) ? { ...spec, product } : spec;
    }
    case 'kind':
      return nameless(spec, random.int(1, 4));
  }
}

function nameless({ listing: _, ...spec }: BatchSpec, count: number): BatchSpec {
  return { ...spec, devices: { assignedByCloud: { count } }, onExisting: 'fail' };
}

/** Of batches that list no names only how many there are can change. */
function alterNameless(random: Random, spec: BatchSpec): BatchSpec {
  if (random.chance(0.2)) return alterPolicy(random, spec);
  const count = random.int(1, 5);
  const devices =
    'generated' in spec.devices ? { generated: { ...spec.devices.generated, count } } : { assignedByCloud: { count } };
  return { ...spec, devices };
}

function alterPolicy(random: Random, spec: BatchSpec): BatchSpec {
  switch (random.pick(['deleteActivated', 'onExisting', 'onPartialFailure', 'removalPolicy'] as const)) {
    case 'deleteActivated':
      return { ...spec, deleteActivated: !spec.deleteActivated };
    case 'onExisting': {
      const names = namesIn(spec);
      const adopts = names !== undefined && spec.onExisting === 'fail';
      return { ...spec, onExisting: adopts ? adopting(random, names) : 'fail' };
    }
    case 'onPartialFailure':
      return { ...spec, onPartialFailure: spec.onPartialFailure === 'keep' ? 'rollBack' : 'keep' };
    case 'removalPolicy':
      return { ...spec, removalPolicy: spec.removalPolicy === 'retain' ? 'destroy' : 'retain' };
  }
}

/** What is to be adopted can only be what is listed. */
function named(spec: BatchSpec, names: string[]): BatchSpec {
  const { onExisting } = spec;
  if (typeof onExisting === 'string') return { ...spec, devices: { named: names } };
  const adopt = onExisting.adopt.filter((name) => names.includes(name));
  return { ...spec, devices: { named: names }, onExisting: adopt.length > 0 ? { adopt } : 'fail' };
}

function idOf(product: ProductName): string {
  return allProducts[product].id;
}

/** By whichever API: the first of the products, or with this probability another one. */
function elsewhere(random: Random, products: readonly ProductName[], probability: number): ProductName {
  const [home, ...others] = products;
  return home === undefined || random.chance(probability) ? random.pick(others) : home;
}

function freeNames(template: Template, product: ProductName): string[] {
  const taken = new Set(
    Object.values(template).flatMap((spec) => (idOf(spec.product) === idOf(product) ? (namesIn(spec) ?? []) : [])),
  );
  return ALL_NAMES.filter((name) => !taken.has(name));
}
