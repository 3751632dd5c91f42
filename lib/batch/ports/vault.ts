import type { DeviceSecretsOption } from '../contract/device-secrets';
import type { CollectedDevice } from './cloud';

/**
 * Where the secrets of devices are put. They belong to a generation and go with it. Writing a part twice replaces it, so
 * that a crash may be followed by another try.
 *
 * Every method may throw a `CloudError` that is `transient`: it may be called again as it is.
 */
export interface CredentialVault {
  /**
   * Keeps the secrets of devices, as one part of all that is kept at this place. `confirm` is to be called before anything is made that
   * would stay if somebody else had taken over and given the place up; it throws if somebody has.
   */
  savePart(
    place: CredentialPlace,
    part: string,
    devices: readonly CollectedDevice[],
    confirm: () => Promise<void>,
  ): Promise<void>;
  /**
   * What is kept at a place of just these identities, by name, part by part: a device that was registered anew has another
   * secret.
   */
  read(place: CredentialPlace, devices: ReadonlyMap<string, string>): AsyncIterable<CollectedDevice[]>;
  /** Writes the index of all parts: from then on readers find them. */
  finish(place: CredentialPlace): Promise<void>;
  /** Deletes everything at this place. */
  forget(place: GenerationPlace): Promise<void>;
}

/** A generation, known by its batch and itself. */
export interface GenerationPlace {
  batchId: string;
  generationId: string;
}

export interface CredentialPlace extends GenerationPlace {
  /** Whose devices they are (`cloudKey`): a batch that moves has devices of the same names on two, and an API may tell names only. */
  product: string;
  /** Set where something is to be kept in AWS Secrets Manager. What is there already is found without. */
  secrets?: DeviceSecretsOption;
}
