import type { CollectedDevice } from './cloud';

/**
 * Where the secrets of devices are put. They belong to a generation and go with it. Writing a part twice replaces it, so
 * that a crash may be followed by another try.
 */
export interface CredentialVault {
  /** Keeps the secrets of the devices that one job created. */
  savePart(place: CredentialPlace, job: number, devices: readonly CollectedDevice[]): Promise<void>;
  /**
   * Copies what another generation has of devices that belong to this one as well now: of just these identities, by name, for a
   * device that was registered anew has another secret. Returns the names of those that it had.
   */
  carryOver(from: CredentialPlace, to: CredentialPlace, devices: ReadonlyMap<string, string>): Promise<string[]>;
  /** Writes the index of all parts: from then on readers find them. */
  finish(place: CredentialPlace): Promise<void>;
  /** Deletes everything at this place. */
  forget(place: CredentialPlace): Promise<void>;
}

export interface CredentialPlace {
  batchId: string;
  generationId: string;
}
