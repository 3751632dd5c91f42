import type { BatchSpec } from './spec';

/** A batch that CloudFormation believes to be deployed, with the devices that its manifest listed when it was told so. */
export interface Claim {
  batch: string;
  /** The physical id. */
  id: string;
  product: string;
  policy: Pick<BatchSpec, 'deleteActivated' | 'removalPolicy'>;
  /** Name to identity, in the order of the manifest. */
  devices: ReadonlyMap<string, string>;
  /** Names that stand for whichever device has them, because an API recorded it that tells no more. */
  byName: ReadonlySet<string>;
  /** When somebody was told of it. */
  toldAt: number;
}

/**
 * Who must not lose a device: the oracle's own idea of which generations live, made of nothing but what CloudFormation was told
 * and what it asked for.
 */
export class Claims {
  private readonly protectedOnes = new Map<string, Claim>();
  /** Ids of which CloudFormation skipped the clean-up, with their batches: owed for as long as the store knows of them. */
  readonly skipped = new Map<string, string>();
  /** Every id that CloudFormation was ever told success with. */
  readonly heard = new Set<string>();

  add(claim: Claim): void {
    this.heard.add(claim.id);
    this.protectedOnes.set(claim.id, claim);
  }

  find(id: string): Claim | undefined {
    return this.protectedOnes.get(id);
  }

  /** From now on the batch may lose these. */
  release(id: string): Claim | undefined {
    const claim = this.protectedOnes.get(id);
    this.protectedOnes.delete(id);
    return claim;
  }

  releaseBatch(batch: string, except: readonly (string | undefined)[] = []): void {
    for (const claim of this.all()) if (claim.batch === batch && !except.includes(claim.id)) this.release(claim.id);
  }

  all(): Claim[] {
    return [...this.protectedOnes.values()];
  }

  /** Who lists this very device. By name nobody can mean one that was made (`madeAt`) since they were told of theirs. */
  of(product: string, name: string, identity: string, madeAt = -Infinity): Claim | undefined {
    const lists = ({ devices, byName, toldAt }: Claim) =>
      devices.get(name) === identity || (byName.has(name) && madeAt <= toldAt);
    return this.all().find((claim) => claim.product === product && lists(claim));
  }
}
