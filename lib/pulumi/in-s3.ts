import type { Clock } from '../batch/ports/clock';
import type { Observer } from '../batch/ports/observer';
import type { Store } from '../batch/ports/store';
import { connectWithInstalledSdk } from '../stores/load-s3';
import { patientStore } from '../stores/patient-store';
import { PrefixedStore } from '../stores/prefixed-store';
import { isS3Address, parseS3Address, type S3Address } from '../stores/s3-address';
import { hopelessness, told } from '../stores/s3-unusable';
import type { S3Store } from '../stores/s3-store';
import { storeThrough } from '../stores/store-through';
import type { Files } from './surroundings';

/**
 * A journal below an address in S3. Trouble that passes is waited out where an `observer` hears of it, that is, in the middle of an
 * operation; else it is told at once. Every method throws `S3Unusable`, besides `StoreConflict`.
 */
export function journalInS3(text: string, clock: Clock, observer?: Observer): Store {
  const address = parseS3Address(text);
  const store = opened(address);
  const journal = new PrefixedStore(store, address.path === '' ? '' : `${address.path}/`);
  return usable(journal, address, clock, observer);
}

/** The user's files, of which those that are called by an address are objects in S3. */
export function withObjects(files: Files, clock: Clock, observer: Observer): Files {
  const at = (text: string) => {
    const address = parseS3Address(text);
    return { key: address.path, bucket: usable(opened(address), address, clock, observer) };
  };
  return {
    async read(path) {
      if (!isS3Address(path)) return files.read(path);
      const { key, bucket } = at(path);
      const object = await bucket.get(key);
      if (!object) throw new NoSuchObject();
      return object.body;
    },
    async save(path, text) {
      if (!isS3Address(path)) return files.save(path, text);
      const { key, bucket } = at(path);
      await bucket.put(key, `${text}\n`);
    },
    async reach(path) {
      if (!isS3Address(path)) return files.reach?.(path);
      const address = parseS3Address(path);
      try {
        await connected(address).reach(address.path);
      } catch (error) {
        throw told(error, address);
      }
    },
  };
}

/** As a file system says that there is no such file. */
class NoSuchObject extends Error {
  readonly code: NodeJS.ErrnoException['code'] = 'ENOENT';
  constructor() {
    super('there is no such object');
  }
}

/** One connection for each way to reach a bucket, for as long as the process lives. */
const connections = new Map<string, S3Store>();

/** The bucket, connected at the first call: until then nobody needs the AWS SDK. */
function opened(address: S3Address): Store {
  return {
    get: async (key) => connected(address).get(key),
    put: async (key, body, condition) => connected(address).put(key, body, condition),
    list: async (prefix) => connected(address).list(prefix),
    delete: async (key) => connected(address).delete(key),
  };
}

function connected(address: S3Address): S3Store {
  const { path: _path, ...way } = address;
  const name = JSON.stringify(way);
  const store = connections.get(name) ?? connectWithInstalledSdk(address).store;
  connections.set(name, store);
  return store;
}

/** What may pass is tried again, and what may not is told in words. */
function usable(store: Store, address: S3Address, clock: Clock, observer?: Observer): Store {
  const hopelessTold = failing(store, (error) => hopelessness(error, address) ?? error);
  const patient = observer
    ? patientStore(hopelessTold, clock, seldom(observer, clock), () => ({
        until: clock.now() + PATIENCE_MS,
        deniedUntil: 0,
      }))
    : hopelessTold;
  return failing(patient, (error) => told(error, address));
}

/** How long one call to S3 may be in trouble. After that the operation fails, and the next one goes on from what is recorded. */
const PATIENCE_MS = 600_000;

/** The store, with its errors as somebody puts them. */
function failing(store: Store, put: (error: unknown) => unknown): Store {
  const told = (error: unknown): never => {
    throw put(error);
  };
  return storeThrough(store, (_verb, _key, call) => call().catch(told));
}

/** Every line stays on the screen: of trouble that goes on, one is enough now and then. */
function seldom(observer: Observer, clock: Clock): Observer {
  let last = -Infinity;
  return {
    progress: (progress) => observer.progress(progress),
    log: (...line) => {
      if (clock.now() - last < EVERY_MS) return;
      last = clock.now();
      observer.log(...line);
    },
  };
}

const EVERY_MS = 60_000;
