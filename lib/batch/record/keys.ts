import { storePrefixes } from '../contract/attributes';
import { percentEncode } from '../percent-encode';

/** Where each thing lies in the store. Heads have a prefix of their own, so that one listing finds every batch. */
export const keys = {
  heads: 'heads/',
  head: (batchId: string) => `heads/${batchId}.json`,
  names: (digest: string) => `names/${digest}.json`,
  plan: (generationId: string) => `generations/${generationId}/plan.json`,
  job: (generationId: string, job: number) => `generations/${generationId}/jobs/${ordinal(job)}.json`,
  devices: (generationId: string, job: number) => `generations/${generationId}/devices/${ordinal(job)}.json`,
  lookUps: (generationId: string) => `generations/${generationId}/look-ups/`,
  lookUp: (generationId: string, digest: string) => `generations/${generationId}/look-ups/${digest}.json`,
  /** Devices that can be proven a generation's own though none of its jobs lists them. */
  proven: (generationId: string) => `generations/${generationId}/devices/proven.json`,
  /** Names of a falling generation whose turn came in a round of deletions, and whose devices were not deleted in it. */
  passedOver: (generationId: string, round: number, part: number) =>
    `generations/${generationId}/passed-over/${round}-${ordinal(part)}.json`,
  /** Devices of a product that left their batches without being deleted. */
  releasedOf: (cloudKey: string) => `released/${percentEncode(cloudKey)}/`,
  released: (cloudKey: string, generationId: string, digest: string) =>
    `released/${percentEncode(cloudKey)}/${generationId}/${digest}.json`,
  /** Deletions of a product's devices whose answers were lost, and that may still arrive. */
  lostDeletions: 'lost-deletions/',
  lostDeletionsOf: (cloudKey: string) => `lost-deletions/${percentEncode(cloudKey)}/`,
  lostDeletion: (cloudKey: string, nonce: string) => `lost-deletions/${percentEncode(cloudKey)}/${nonce}.json`,
  /** Everything of a generation but its manifest and credentials. */
  generation: (generationId: string) => `generations/${generationId}/`,
  manifest: (batchId: string, generationId: string) => `${storePrefixes.manifests}${batchId}/${generationId}.json`,
  /** The names of the secrets that may exist in a generation's name, noted by each part. */
  secretsOf: (batchId: string, generationId: string) => `secrets/${batchId}/${generationId}/`,
  secrets: (batchId: string, generationId: string, part: string) => `secrets/${batchId}/${generationId}/${part}.json`,
  credentials: (batchId: string, generationId: string) => `${storePrefixes.credentials}${batchId}/${generationId}/`,
};

function ordinal(job: number): string {
  return String(job).padStart(5, '0');
}
