import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { systemClock } from '../batch';
import { connectCloud } from '../clouds/registry';
import { FileStore } from '../stores/file-store';
import { processes } from '../stores/processes';
import { Attendance, isThere } from './attendance';
import { cloudKeys } from './cloud-keys';
import { EngineStatus } from './engine-status';
import { MemoryVault } from './memory-vault';
import { saveSecrets } from './secrets-file';
import type { Surroundings } from './surroundings';

/** The surroundings of a provider that Pulumi has started on this machine. */
export function thisMachine(): Surroundings {
  // A provider gets the engine's address as its last argument.
  const address = process.argv.at(-1);
  return {
    clock: systemClock,
    workers: processes,
    attendance: new Attendance(() => isThere(address), systemClock),
    vault: new MemoryVault(),
    files: { read: (path) => readFile(resolve(path)), save: saveSecrets },
    openJournal: (place) => new FileStore(resolve(place)),
    connect: (cloud, environment, config) => {
      const { source, hint } = cloudKeys(cloud, config);
      return { cloud: connectCloud(cloud, source, environment), hint };
    },
    // eslint-disable-next-line no-console -- a provider's standard output is what `pulumi up` shows
    write: (line) => console.log(line),
    status: new EngineStatus(address),
  };
}
