import type { DeviceSelection } from '../batch/contract/device-names';

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
   * Exactly these names, in this order. They travel inline, so that some 230 names of twelve characters fit; use
   * `sequence` for more.
   */
  public static named(names: string[]): Devices {
    return new Devices({ named: [...names] });
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

  /** @internal */
  public readonly _selection: DeviceSelection;

  private constructor(selection: DeviceSelection) {
    this._selection = selection;
  }
}
