import type { Claim } from '../stack/claims';

/** Which devices were part of a deployment that was complete, and whether those that connected may be deleted. */
export class Policies {
  /** By identity: the batches that had the device when a deployment of the stack was complete. */
  private readonly owners = new Map<string, Set<string>>();
  /** By batch: whether any of the policies that may be in force lets connected devices be deleted. */
  private readonly lenient = new Map<string, boolean>();

  /** A batch told success: from now on its policy may be in force, beside the one before. */
  reported({ batch, deleteActivated }: Claim): void {
    this.lenient.set(batch, deleteActivated || this.lenient.get(batch) === true);
  }

  /** The stack is stable: these are deployed, and only their policies are in force. */
  completed(claims: readonly Claim[]): void {
    for (const { batch, deleteActivated, devices } of claims) {
      this.lenient.set(batch, deleteActivated);
      for (const identity of devices.values()) {
        this.owners.set(identity, (this.owners.get(identity) ?? new Set()).add(batch));
      }
    }
  }

  /** What a change made that is taken back may be deleted, connected or not. */
  forbidDeletion(identity: string): boolean {
    const owners = this.owners.get(identity);
    return owners !== undefined && ![...owners].some((batch) => this.lenient.get(batch));
  }
}
