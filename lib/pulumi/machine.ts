import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { systemClock } from '../batch';
import { connectCloud } from '../clouds/registry';
import { FileStore } from '../stores/file-store';
import { processes } from '../stores/processes';
import { isS3Address } from '../stores/s3-address';
import { Attendance, isThere } from './attendance';
import { cloudKeys } from './cloud-keys';
import { EngineStatus } from './engine-status';
import { journalInS3, withObjects } from './in-s3';
import { MemoryVault } from './memory-vault';
import { ProgressObserver } from './progress';
import { saveSecrets } from './secrets-file';
import type { Surroundings } from './surroundings';

/** The surroundings of a provider that Pulumi has started on this machine. */
export function thisMachine(): Surroundings {
  // A provider gets the engine's address as its last argument.
  const address = process.argv.at(-1);
  // eslint-disable-next-line no-console -- a provider's standard output is what `pulumi up` shows
  const write = (line: string) => console.log(line);
  const screen = { write, status: (_text: string, instead: () => void) => instead() };
  const files = { read: (path: string) => readFile(resolve(path)), save: saveSecrets };
  return {
    clock: systemClock,
    workers: processes,
    attendance: new Attendance(() => isThere(address), systemClock),
    vault: new MemoryVault(),
    files: withObjects(files, systemClock, new ProgressObserver('deviceCredentials', screen, () => systemClock.now())),
    openJournal: (place, observer) =>
      isS3Address(place) ? journalInS3(place, systemClock, observer) : new FileStore(resolve(place)),
    connect: (cloud, environment, config) => {
      const { source, hint } = cloudKeys(cloud, config);
      return { cloud: connectCloud(cloud, source, environment), hint };
    },
    write,
    status: new EngineStatus(address),
  };
}
