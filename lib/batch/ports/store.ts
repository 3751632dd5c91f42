/**
 * Where everything that the batches of one stack know is kept: keys and bytes with compare-and-swap, as S3 has them.
 * Reads see the newest write (S3 is strongly consistent).
 */
export interface Store {
  /** The object at `key`, or undefined. */
  get(key: string): Promise<StoredObject | undefined>;
  /**
   * Writes `body` at `key` and returns its version.
   * @throws StoreConflict when the condition does not hold. A write whose answer was lost may have happened all the
   * same: callers that care put a nonce into the body and read back.
   */
  put(key: string, body: Uint8Array | string, condition?: PutCondition): Promise<string>;
  /** Every key that starts with `prefix`, in order of the keys. */
  list(prefix: string): Promise<string[]>;
  /** Deletes the object; one that is not there is no error. */
  delete(key: string): Promise<void>;
}

export interface StoredObject {
  body: Uint8Array;
  version: string;
}

/** `absent`: only where there is no object yet. `version`: only over that version. */
export type PutCondition = { absent: true } | { version: string };

/** The object is not what the condition says: somebody else wrote. */
export class StoreConflict extends Error {
  override readonly name = 'StoreConflict';
  constructor(readonly key: string) {
    super(`the object ${key} was changed by someone else`);
  }
}
