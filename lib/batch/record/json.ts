import type { ZodType } from 'zod';
import { BatchError } from '../errors';
import type { Store, StoredObject } from '../ports/store';

/** Objects of one list that are read side by side: few, since each may be a megabyte. */
export const READS_AT_ONCE = 4;

/** Reads and checks a JSON object of the store; undefined where there is none. @throws BatchError `RecordUnreadable` */
export async function readJson<T>(store: Store, key: string, schema: ZodType<T>): Promise<T | undefined> {
  const object = await store.get(key);
  return object && parseRecord(key, object, schema);
}

/** As `readJson`, for an object that must be there. */
export async function requireJson<T>(store: Store, key: string, schema: ZodType<T>): Promise<T> {
  const value = await readJson(store, key, schema);
  if (value === undefined) throw new BatchError('RecordMissing', `the store has lost its object ${key}`);
  return value;
}

/** @throws BatchError `RecordUnreadable` if the object is no JSON or not of the shape that it should have. */
export function parseRecord<T>(key: string, object: StoredObject, schema: ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(object.body).toString('utf8'));
  } catch {
    throw new BatchError('RecordUnreadable', `the store's object ${key} is not JSON`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new BatchError('RecordUnreadable', `the store's object ${key} cannot be read at "${where}"`);
}
