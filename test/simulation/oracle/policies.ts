import type { Claim } from '../stack/claims';
import { GENERATED_PREFIX, namesIn, type BatchSpec } from '../stack/spec';
import type { DeviceStory } from './device-history';

/** Which devices were part of what deployments, and what the policies in force say of them. */
export class Policies {
  /** By identity: the owners that had the device when a deployment of the stack was complete, with their batches. */
  private readonly owners = new Map<string, Map<string, string>>();
  /** By owner: the policies of which any may be in force. */
  private readonly inForce = new Map<string, Claim['policy'][]>();
  /** By identity: the owners that ever told success with the device, with their batches. */
  private readonly had = new Map<string, Map<string, string>>();
  /** Batches that were ever asked to retain what leaves them. */
  private readonly retaining = new Set<string>();

  /** Those of them that also keep what a failed change made. */
  private readonly keeping = new Set<string>();
  /** Names that such a batch was ever asked for. */
  private readonly retained = new Set<string>();

  /** `ownerOf`: what has a policy of its own, by default the batch. Of Pulumi's resources two may have one batch's id. */
  constructor(private readonly ownerOf: (claim: Claim) => string = ({ batch }) => batch) {}

  /** From now on its policy may be in force, beside the one before. */
  asked(batch: string, policy: BatchSpec, owner: string = batch): void {
    const { removalPolicy, onPartialFailure } = policy;
    this.inForce.set(owner, [...(this.inForce.get(owner) ?? []), policy]);
    if (removalPolicy === 'retain') {
      this.retaining.add(batch);
      for (const name of namesIn(policy) ?? []) this.retained.add(name);
    }
    if (onPartialFailure === 'keep') this.keeping.add(batch);
  }

  /** The handler told success, whether or not CloudFormation heard it. */
  told(claim: Claim): void {
    for (const identity of claim.devices.values()) this.stood(claim.batch, identity, this.ownerOf(claim));
  }

  /** The batch has had the device, as far as its handler knew. */
  stood(batch: string, identity: string, owner: string = batch): void {
    this.had.set(identity, (this.had.get(identity) ?? new Map<string, string>()).set(owner, batch));
  }

  /** A generated name is itself the proof of whose device it is: who registers it again has copied it. */
  isOursByName(name: string): boolean {
    return name.startsWith(GENERATED_PREFIX);
  }

  /** The stack is stable: these are deployed, and only their policies are in force. */
  completed(claims: readonly Claim[]): void {
    for (const claim of claims) {
      const owner = this.ownerOf(claim);
      this.inForce.set(owner, [claim.policy]);
      for (const identity of claim.devices.values()) {
        this.owners.set(identity, (this.owners.get(identity) ?? new Map<string, string>()).set(owner, claim.batch));
      }
    }
  }

  /** What a change made that is taken back may be deleted, connected or not. */
  forbidDeletionOfConnected(identity: string): boolean {
    return !this.wasTakenOver(identity) && this.allSay(identity, ({ deleteActivated }) => !deleteActivated);
  }

  forbidDeletion(identity: string): boolean {
    return !this.wasTakenOver(identity) && this.allSay(identity, ({ removalPolicy }) => removalPolicy === 'retain');
  }

  /** Whether the device may stay when nobody lists it any more. */
  mayStay({ name, identity, madeBy }: DeviceStory, released: ReadonlySet<string>): boolean {
    const { retaining, keeping } = this;
    // Released by its name, it is whichever device has the name.
    if (released.has(`name:${name}`)) return true;
    // It stood, and was about to be told: nobody can know whether that was heard.
    if (this.retained.has(name) && released.has(identity)) return true;
    if (madeBy && retaining.has(madeBy.batch) && released.has(identity)) return true;
    if (madeBy && retaining.has(madeBy.batch) && keeping.has(madeBy.batch)) return true;
    return [...(this.had.get(identity)?.values() ?? [])].some((batch) => retaining.has(batch));
  }

  /** Who took the device over, be it by a change that was taken back, may do with it what its own policy says. */
  private wasTakenOver(identity: string): boolean {
    const owning = new Set([...(this.owners.get(identity) ?? [])].flat());
    return [...(this.had.get(identity)?.keys() ?? [])].some((owner) => !owning.has(owner));
  }

  private allSay(identity: string, says: (policy: Claim['policy']) => boolean): boolean {
    const owners = [...(this.owners.get(identity)?.keys() ?? [])];
    return owners.length > 0 && owners.every((owner) => (this.inForce.get(owner) ?? []).every(says));
  }
}
