import type { PutCondition, Store, StoredObject } from '../batch/ports/store';

/** A store below a prefix of another one, whose other objects are nobody's business here. */
export class PrefixedStore implements Store {
  /** `prefix`: what every key begins with there. */
  constructor(
    private readonly store: Store,
    private readonly prefix: string,
  ) {}

  get(key: string): Promise<StoredObject | undefined> {
    return this.store.get(this.prefix + key);
  }

  put(key: string, body: Uint8Array | string, condition?: PutCondition): Promise<string> {
    return this.store.put(this.prefix + key, body, condition);
  }

  async list(prefix: string): Promise<string[]> {
    const keys = await this.store.list(this.prefix + prefix);
    return keys.map((key) => key.slice(this.prefix.length));
  }

  delete(key: string): Promise<void> {
    return this.store.delete(this.prefix + key);
  }
}
