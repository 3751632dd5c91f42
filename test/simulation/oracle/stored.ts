import { gunzipSync } from 'node:zlib';
import type { MemorySecrets } from '../../support/memory-secrets';
import type { MemoryStore } from '../../support/memory-store';
import { isIdentityOf } from '../stack/identities';

/** What lies in the store, read as its formats say and by nothing of the engine. */
export function readJson<T>(store: MemoryStore, key: string): T | undefined {
  const text = store.text(key);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

export interface StoredManifest {
  generation: string;
  deviceCount: number;
  devices: { name: string; id: string }[];
}

export interface StoredGeneration {
  id: string;
  batchId: string;
  /** The ids that Deletes of its batch came with. */
  deletes: string[];
  phase: string;
  bornAt: number;
  cloudKey: string;
  kind?: string;
  names: { chunks: { digest: string }[] };
  drop?: { retains?: boolean; suspects?: string[] };
}

interface StoredHead {
  batchId: string;
  generations: Omit<StoredGeneration, 'batchId' | 'deletes'>[];
  requests: { kind: string; named?: string; acceptedAt: number }[];
}

/** Every generation of which the store still knows that there may be devices. */
export function rememberedGenerations(store: MemoryStore): StoredGeneration[] {
  return storedGenerations(store).filter(({ phase }) => phase !== 'gone');
}

/** Those of records that a warning has told of, which are there for people to look at. */
export function discardedGenerations(store: MemoryStore): StoredGeneration[] {
  return storedGenerations(store, 'discarded/');
}

/** Every generation that the store knows of. */
export function storedGenerations(store: MemoryStore, prefix = 'heads/'): StoredGeneration[] {
  const heads = [...store.objects.keys()].filter((key) => key.startsWith(prefix));
  return heads.flatMap((key) => {
    const head = readJson<StoredHead>(store, key);
    const deletes = (head?.requests ?? []).flatMap(({ kind, named = '' }) => (kind === 'drop' ? [named] : []));
    return (head?.generations ?? []).map((each) => ({ ...each, batchId: head?.batchId ?? '', deletes }));
  });
}

/** Whether deletions may still arrive that nobody has heard of, as far as the store knows. */
export function hasLostDeletions({ store, timeline }: { store: MemoryStore; timeline: { now(): number } }): boolean {
  const noted = [...store.objects.keys()].filter((key) => key.startsWith('lost-deletions/'));
  return noted.some((key) => (readJson<{ until: number }>(store, key)?.until ?? 0) > timeline.now());
}

/** When the first Delete of each id that a batch had one of was recorded. */
export function firstDeletes(store: MemoryStore, batchId: string): Map<string, number> {
  const first = new Map<string, number>();
  for (const { kind, named, acceptedAt } of readJson<StoredHead>(store, `heads/${batchId}.json`)?.requests ?? []) {
    if (kind === 'drop' && named !== undefined && !first.has(named)) first.set(named, acceptedAt);
  }
  return first;
}

/** The identities of the devices that the store has released. */
export function releasedIdentities(store: MemoryStore): Set<string> {
  const keys = [...store.objects.keys()].filter((key) => key.startsWith('released/'));
  const parts = keys.map((key) => readJson<{ devices: [string, string][] }>(store, key)?.devices ?? []);
  return new Set(parts.flat().map(([, identity]) => identity));
}

/** Whether a generation answers for a device: by its identity, or by its name while none is recorded. */
export function answersFor(store: MemoryStore, generation: StoredGeneration, name: string, identity: string): boolean {
  const recorded = devicesOf(store, generation.id);
  const known = recorded.get(name);
  if (known !== undefined) return isIdentityOf(known, { name, identity });
  return generation.names.chunks.some(({ digest }) =>
    readJson<string[]>(store, `names/${digest}.json`)?.includes(name),
  );
}

/** Whether it is a job of the generation, whatever that knows of its devices. */
export function hasJob(store: MemoryStore, { id }: StoredGeneration, job: string): boolean {
  const keys = [...store.objects.keys()].filter((key) => key.startsWith(`generations/${id}/jobs/`));
  return keys.some((key) => store.text(key)?.includes(JSON.stringify(job)));
}

function devicesOf(store: MemoryStore, id: string): Map<string, string> {
  const devices = new Map<string, string>();
  const plan = readJson<{ carried: { name: string; identity: string }[] }>(store, `generations/${id}/plan.json`);
  for (const { name, identity } of plan?.carried ?? []) devices.set(name, identity);
  for (const key of store.objects.keys()) {
    if (!key.startsWith(`generations/${id}/devices/`)) continue;
    for (const [name, identity] of readJson<[string, string][]>(store, key) ?? []) devices.set(name, identity);
  }
  return devices;
}

/** The ids of generations of which nothing is to be left, as the heads last said. */
export function clearedGenerations(store: MemoryStore): string[] {
  const heads = [...store.objects.keys()].filter((key) => key.startsWith('heads/'));
  return heads
    .flatMap((key) => readJson<StoredHead>(store, key)?.generations ?? [])
    .filter(({ phase, drop }) => phase === 'gone' && drop && !drop.retains)
    .map(({ id }) => id);
}

/** Name and identity to secrets, of a generation in Secrets Manager. */
export function managedSecrets({ secrets }: MemorySecrets, generation: string): Map<string, StoredSecrets> {
  const texts = [...secrets].filter(([name]) => name.includes(`/${generation}/`)).map(([, { text }]) => text);
  return new Map(texts.map(secretsIn));
}

/** The same, as far as the index lists the parts. */
export function storedSecrets(store: MemoryStore, prefix: string): Map<string, StoredSecrets> {
  const index = readJson<{ parts: string[] }>(store, `${prefix}index.json`);
  const secrets = new Map<string, StoredSecrets>();
  for (const key of index?.parts ?? []) {
    const object = store.objects.get(key);
    if (!object) continue;
    for (const line of gunzipSync(object.body).toString('utf8').split('\n')) {
      if (line) secrets.set(...secretsIn(line));
    }
  }
  return secrets;
}

/** A device's secrets under their vendor's names. */
export type StoredSecrets = Readonly<Record<string, string>>;

function secretsIn(text: string): [device: string, secrets: StoredSecrets] {
  const { name, id, ...secrets } = JSON.parse(text) as Record<string, string>;
  return [`${name} ${id}`, secrets];
}
