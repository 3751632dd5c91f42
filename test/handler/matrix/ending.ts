import { owed, type Generation, type Head } from '../../../lib/batch/record/head';
import { fullName } from '../../support/tested-clouds';
import { OTHER_PRODUCT, type Stage } from './stage';

/** What there must be when the last event of a row is over. */
export interface Ending {
  /** Names of the devices of the first product that the stack's batches have. */
  ours: string[];
  /** Names of its other devices: that somebody else made, or that a batch has released. */
  foreign?: string[];
  /** Names of the devices that a failed change has kept; some of them may be listed as well. */
  kept?: string[];
  /** Names of the devices of the other product. */
  elsewhere?: string[];
  /** Devices of the first product that are still to be deleted: those of the generations that are `owed`. */
  left?: string[];
  /** What the store still owes, as `<logical id> <phase>`. */
  owed?: string[];
}

/** Compares what the cloud holds with what should be there, and with what the store says; and looks into every text. */
export function expectEnding(stage: Stage, ending: Ending): void {
  const { world } = stage;
  const { ours, foreign = [], kept = [], elsewhere = [], left = [] } = ending;
  expect(stage.unsent).toEqual([]);
  world.emulator.emulator.settle();
  const inCloud = (product?: string) => Object.keys(world.identities(product));
  const heads = headsOf(stage);
  expect({
    cloud: sorted(inCloud()),
    elsewhere: sorted(inCloud(OTHER_PRODUCT)),
    listed: sorted(manifests(stage, heads)),
    keeps: heads.some(({ head }) => head.generations.some(({ phase }) => phase === 'failed')),
    owed: heads.flatMap(({ name, head }) => head.generations.filter(owed).map(({ phase }) => `${name} ${phase}`)),
    unfinished: heads.flatMap(({ head }) => head.requests.filter(({ outcome }) => !outcome)),
  }).toEqual({
    cloud: sorted([...new Set([...ours, ...foreign, ...kept, ...left])]),
    elsewhere: sorted(elsewhere),
    listed: sorted(ours),
    keeps: kept.length > 0,
    owed: ending.owed ?? [],
    unfinished: [],
  });
  expectNoStrangerDeleted(stage);
  expectNoneRegisteredTwice(stage);
  expectShortResponses(stage);
  expectNoSecrets(stage);
  expectSecretsKept(stage, heads);
}

/** The names in the manifests of all standing generations: what whoever uses the batches is told. Each device is there. */
function manifests({ world, identities }: Stage, heads: NamedHead[]): string[] {
  const all = new Map<string, string>();
  const standing = heads.flatMap(({ head }) => head.generations.filter(({ phase }) => phase === 'standing'));
  for (const generation of standing) {
    const { devices } = JSON.parse(world.store.text(manifestKey(generation)) ?? 'null') as {
      devices: { name: string; id: string }[];
    };
    if (isElsewhere(generation)) continue;
    for (const { name, id } of devices) all.set(name, id);
  }
  expect(Object.fromEntries(all)).toEqual(Object.fromEntries([...all.keys()].map((name) => [name, identities[name]])));
  return [...all.keys()];
}

function isElsewhere({ cloud }: Generation): boolean {
  return (cloud.aliyun?.productKey ?? cloud.tencent?.productId) === OTHER_PRODUCT;
}

function manifestKey({ id }: Generation): string {
  return `manifests/${id.split('-')[0]}/${id}.json`;
}

interface NamedHead {
  name: string;
  head: Head;
}

function headsOf(stage: Stage): NamedHead[] {
  const names = [...new Set(Object.values(stage.fixture.events).map(({ LogicalResourceId }) => LogicalResourceId))];
  const known = names.filter((name) => stage.world.store.objects.has(stage.headKey(name)));
  return known.map((name) => ({ name, head: stage.head(name) }));
}

/** No call deleted a device that the stack's jobs had not made (I1). */
function expectNoStrangerDeleted({ world }: Stage): void {
  const events = world.emulator.emulator.journal.deviceEvents();
  const made = new Set(events.filter(({ event }) => event === 'created').map(({ identity }) => identity));
  const strangers = events.filter(
    ({ event, identity, requestId }) => event === 'deleted' && requestId !== undefined && !made.has(identity),
  );
  expect(strangers).toEqual([]);
}

/** No device was registered twice (I3), but those that were deleted: most rows that delete one ask for it again. */
function expectNoneRegisteredTwice({ world, cloud }: Stage): void {
  const { emulator } = world.emulator;
  const events = emulator.journal.deviceEvents();
  const deleted = new Set(events.filter(({ event }) => event === 'deleted').map(fullName));
  expect(cloud.doubles(emulator).filter((name) => !deleted.has(name))).toEqual([]);
}

/** Every response fits (I9). */
function expectShortResponses({ world }: Stage): void {
  expect(world.framework.responses.filter((body) => Buffer.byteLength(body) > 4_096)).toEqual([]);
}

/** No key, and no device's secret that the cloud ever gave out, is anywhere but below the prefix for them (I7). */
function expectNoSecrets({ world, cloud }: Stage): void {
  const { aliyun, tencent, emulator } = world.emulator;
  const secrets = [aliyun.accessKeySecret, tencent.secretKey, ...cloud.secrets(emulator)];
  const records = [...world.store.objects].filter(([key]) => !key.startsWith('credentials/'));
  const texts = [
    ...world.framework.responses,
    ...world.framework.log,
    ...world.log,
    ...records.flatMap(([key, { body }]) => [key, Buffer.from(body).toString('utf8')]),
  ];
  const all = texts.join('\n');
  expect(secrets.filter((secret) => all.includes(secret))).toEqual([]);
}

/** Secrets Manager has one for each device of a standing generation that wants it there, and none of what is gone (I2, I4). */
function expectSecretsKept({ world }: Stage, heads: NamedHead[]): void {
  const generations = heads.flatMap(({ head }) => head.generations);
  const gone = generations.filter(({ phase, policy }) => phase === 'gone' && policy.removalPolicy !== 'retain');
  const kept = [...world.secrets.secrets.keys()];
  expect(kept.filter((name) => gone.some(({ id }) => name.includes(`/${id}/`)))).toEqual([]);
  for (const generation of generations.filter(({ phase }) => phase === 'standing')) {
    if (typeof generation.policy.deviceCredentials === 'string') continue;
    const { devices } = JSON.parse(world.store.text(manifestKey(generation)) ?? 'null') as {
      devices: { name: string; id: string }[];
    };
    const secrets = kept.filter((name) => name.includes(`/${generation.id}/`));
    const told = secrets.map((name) => JSON.parse(world.secrets.secrets.get(name)!.text) as Record<string, string>);
    expect(sorted(told.map(({ name, id }) => `${name} ${id}`))).toEqual(
      sorted(devices.map(({ name, id }) => `${name} ${id}`)),
    );
  }
}

function sorted(names: readonly string[]): string[] {
  return [...names].sort();
}
