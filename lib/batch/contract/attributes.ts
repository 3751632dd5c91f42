/**
 * The attributes that a batch's resource always has, under the names of CloudFormation's `Fn::GetAtt`. Construct and
 * handler both import them: a missing attribute would fail the stack after the devices were created.
 */
export const attributes = {
  /** The batch's stable id. */
  batchId: 'BatchId',
  /** How many devices the batch has, as a number. */
  deviceCount: 'DeviceCount',
  /** The cloud's job ids, joined with commas. */
  jobIds: 'JobIds',
  /**
   * The names, joined with commas, where only the cloud knew them and they fit into `MAX_NAMES_BYTES`; else empty. Names that
   * are known at synth never pass through a response.
   */
  deviceNames: 'DeviceNames',
  /** The bucket of the manifest. */
  manifestBucket: 'ManifestBucket',
  /** The key of the manifest in its bucket. */
  manifestKey: 'ManifestKey',
  /** Always empty. What is joined with it depends on the batch: it waits until the devices exist. */
  ready: 'Ready',
} as const;

/**
 * What the names and the job ids may take together of the 4,096 bytes of a response (I9). The rest of it, with the longest
 * names that AWS allows, takes less than 1,500.
 */
export const MAX_LISTS_BYTES = 2_500;

/** What the names may take of that. */
export const MAX_NAMES_BYTES = 2_000;

/** Prefixes of the store's keys that others may be granted to read. */
export const storePrefixes = {
  /** Names and identities of a batch's devices: `manifests/<batchId>/…`. */
  manifests: 'manifests/',
  /** Secrets of a batch's devices: `credentials/<batchId>/…`. */
  credentials: 'credentials/',
} as const;
