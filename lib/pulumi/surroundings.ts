import type { CloudReference } from '../batch/contract';
import type { Cloud } from '../batch/ports/cloud';
import type { Clock } from '../batch/ports/clock';
import type { Observer } from '../batch/ports/observer';
import type { Store } from '../batch/ports/store';
import type { Workers } from '../batch/ports/workers';
import type { CloudEnvironment } from '../clouds/environment';
import type { Attendance } from './attendance';
import type { StackConfig } from './cloud-keys';
import type { EngineStatus } from './engine-status';
import type { MemoryVault } from './memory-vault';

/** What a provider process works with, which all of its calls have in common. */
export interface Surroundings {
  clock: Clock;
  workers: Workers;
  attendance: Attendance;
  vault: MemoryVault;
  files: Files;
  /**
   * The journal at a place (`journalPlaceOf`). `observer`: hears of trouble that is waited out; without one, trouble is told at once.
   */
  openJournal: (place: string, observer?: Observer) => Store;
  connect: (cloud: CloudReference, environment: CloudEnvironment, config: StackConfig | undefined) => Connection;
  write: (line: string) => void;
  /** @default counts are lines as well */
  status?: Pick<EngineStatus, 'show' | 'during'>;
}

/** The user's own files, by their paths from the program's folder on, or by their addresses in S3. */
export interface Files {
  read(path: string): Promise<Uint8Array>;
  /** Writes what only its owner may read. */
  save(path: string, text: string): Promise<void>;
  /** Throws where it is plain that a file could not be saved at a path. */
  reach?(path: string): Promise<void>;
}

export interface Connection {
  cloud: Cloud;
  /** What to add where the cloud refuses the keys. */
  hint: () => string;
}
