import { StoreConflict, type PutCondition, type Store, type StoredObject } from '../../lib/batch/ports/store';

/** A store in memory that keeps the conditions as S3 does. */
export class MemoryStore implements Store {
  readonly objects = new Map<string, StoredObject>();
  private versions = 0;

  async get(key: string): Promise<StoredObject | undefined> {
    return this.objects.get(key);
  }

  async put(key: string, body: Uint8Array | string, condition?: PutCondition): Promise<string> {
    const there = this.objects.get(key);
    if (condition && 'absent' in condition && there) throw new StoreConflict(key);
    if (condition && 'version' in condition && there?.version !== condition.version) throw new StoreConflict(key);
    const version = String(++this.versions);
    this.objects.set(key, { body: Buffer.from(body), version });
    return version;
  }

  async list(prefix: string): Promise<string[]> {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async delete(key: string): Promise<void> {
    this.objects.delete(key);
  }

  /** An object's text, for tests to look at. */
  text(key: string): string | undefined {
    const object = this.objects.get(key);
    return object && Buffer.from(object.body).toString('utf8');
  }
}
