import { resolve } from 'node:path';
import { validateListedNames } from '../batch/contract/device-file';
import type { DeviceSelection } from '../batch/contract/device-names';
import type { CloudLimits } from '../batch/contract/limits';
import type { ListedName } from '../batch/contract/listed-name';
import { copyOf } from './copy-of';
import { type DeviceFile, type DeviceFileProps, readDeviceFile } from './device-file';

/** The numbers of a sequence of devices, e.g. `light-001` … `light-500`. */
export interface DeviceSequenceProps {
  /** What every name begins with. May be empty. Must be known at synth. */
  readonly prefix: string;

  /** How many devices, from 1 on. Must be known at synth. */
  readonly count: number;

  /**
   * The number of the first device, from 0 on.
   * @default 1
   */
  readonly start?: number;

  /**
   * Digits that the number is filled up to with zeros, 0 to 16; a larger number is written out in full. It does not
   * depend on the count, so that a batch can grow without renaming its devices.
   * @default 3
   */
  readonly pad?: number;
}

/** Devices whose names do not matter, as long as nobody else has them. */
export interface GeneratedDevicesProps {
  /** How many devices, from 1 on. Must be known at synth. */
  readonly count: number;

  /**
   * What every name begins with. Must be known at synth.
   * @default - nothing
   */
  readonly prefix?: string;
}

/** Which devices a batch has. */
export class Devices {
  /**
   * Exactly these names, in this order. Beyond 2 KB they travel as an asset, as those of a file do, so that any number goes.
   */
  public static named(names: string[]): Devices {
    return new Devices({ named: copyOf(names) });
  }

  /**
   * The names in a file, in its order: text, CSV or JSON in UTF-8. It is read and checked at synth, where mistakes are told with
   * their lines, and its names travel as an asset: any number goes, and nothing else of the file does. Changing between a list
   * and a file of the same names changes nothing.
   *
   * @param path the file, from the working directory of the app unless it is absolute.
   */
  public static fromFile(path: string, props: DeviceFileProps = {}): Devices {
    return new Devices({ title: path, path: resolve(path), props });
  }

  /** Names with a common prefix and a running number. */
  public static sequence(props: DeviceSequenceProps): Devices {
    const { prefix, count, start, pad } = props;
    return new Devices({ sequence: { prefix, count, start, pad } });
  }

  /**
   * So many devices, from 1 on, whose names are derived from the stack's id and the construct's logical id: `count` times the
   * prefix and 13 characters `0-9a-v`. Deploying again asks for the same names, and a grown batch keeps those that it has.
   * Renaming the construct gives it other devices; keep the old logical id with `overrideLogicalId` to avoid that.
   *
   * The names are known after the deployment: they fit into CloudFormation's response as far as 2,000 B, and the manifest has
   * them all.
   */
  public static generated(props: GeneratedDevicesProps): Devices {
    const { prefix, count } = props;
    return new Devices({ generated: { prefix, count } });
  }

  /**
   * So many devices, from 1 on, whose names the cloud invents (Alibaba only). Prefer `generated`: if the answer to the one
   * call that creates such devices is lost, nobody can tell which ones they are, and the deployment fails rather than
   * create them twice or delete any by guess. A grown batch keeps its devices, a shrunk one those that it has had longest.
   */
  public static assignedByCloud(count: number): Devices {
    return new Devices({ assignedByCloud: { count } });
  }

  /**
   * The devices of a job that was submitted elsewhere (Alibaba: its ApplyId). The deployment waits until the job is over and
   * lists its devices; the batch owns none of them and deletes none. A job whose names were checked and never registered is
   * an error. A batch cannot change between this and the others.
   */
  public static fromJob(id: string): Devices {
    return new Devices({ fromJob: { id } });
  }

  private file?: { listed: ListedName[]; selection: DeviceSelection };

  private constructor(private readonly origin: DeviceSelection | DeviceFile) {}

  /**
   * Which devices they are; the names of a file are read at first need.
   * @throws BatchError `InvalidDeviceFile` if they cannot be.
   * @internal
   */
  public get _selection(): DeviceSelection {
    const { origin } = this;
    return 'path' in origin ? this.read(origin).selection : origin;
  }

  /**
   * Checks names that come from a file, where they stand in it.
   * @throws BatchError `InvalidDeviceFile`, `InvalidDevices` with the lines.
   * @internal
   */
  public _validateFile(limits: CloudLimits): void {
    const { origin } = this;
    if ('path' in origin) validateListedNames(origin.title, this.read(origin).listed, limits);
  }

  /**
   * Whether the names are too many for the options, or come from a file.
   * @internal
   */
  public get _travelsAsAsset(): boolean {
    const { origin } = this;
    if ('path' in origin) return true;
    return 'named' in origin && Buffer.byteLength(JSON.stringify(origin.named)) > MAX_INLINE_BYTES;
  }

  private read(file: DeviceFile): { listed: ListedName[]; selection: DeviceSelection } {
    if (this.file) return this.file;
    const listed = readDeviceFile(file);
    return (this.file = { listed, selection: { named: listed.map(({ name }) => name) } });
  }
}

/** Half of what all options may take. */
const MAX_INLINE_BYTES = 2048;
