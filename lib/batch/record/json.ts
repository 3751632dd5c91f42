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
  return checkRecord(key, parseJson(key, object), schema);
}

/** @throws BatchError `RecordUnreadable` if the object is no JSON. */
export function parseJson(key: string, { body }: StoredObject): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw new BatchError('RecordUnreadable', `the store's object ${key} is not JSON`);
  }
}

/** @throws BatchError `RecordUnreadable` if what an object holds is not of the shape that it should have. */
export function checkRecord<T>(key: string, value: unknown, schema: ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new BatchError('RecordUnreadable', `the store's object ${key} cannot be read at "${where}"`);
}
