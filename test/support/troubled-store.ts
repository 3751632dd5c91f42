import type { PutCondition, Store, StoredObject } from '../../lib/batch/ports/store';

/** A store that fails, before or after it does what it is asked for, as `trouble` says. */
export class TroubledStore implements Store {
  /** Returns the error to fail with, and whether the call is carried out before. */
  trouble: (call: string) => { error: Error; executed?: boolean } | undefined = () => undefined;

  constructor(private readonly store: Store) {}

  get(key: string): Promise<StoredObject | undefined> {
    return this.through(`get ${key}`, () => this.store.get(key));
  }

  put(key: string, body: Uint8Array | string, condition?: PutCondition): Promise<string> {
    return this.through(`put ${key}`, () => this.store.put(key, body, condition));
  }

  list(prefix: string): Promise<string[]> {
    return this.through(`list ${prefix}`, () => this.store.list(prefix));
  }

  delete(key: string): Promise<void> {
    return this.through(`delete ${key}`, () => this.store.delete(key));
  }

  private async through<T>(call: string, run: () => Promise<T>): Promise<T> {
    const trouble = this.trouble(call);
    if (trouble && !trouble.executed) throw trouble.error;
    const result = await run();
    if (trouble) throw trouble.error;
    return result;
  }
}
