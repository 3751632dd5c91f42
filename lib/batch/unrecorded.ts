import { sha256 } from './record/names';
import type { Head, Request } from './record/head';

/**
 * The id to give out for a Create of which nobody can say whether it was recorded, at most 64 bytes. A Delete of it means what that
 * very request made, and nothing else: what was created since may be in use.
 */
export function unrecordedId(batchId: string, requestId: string): string {
  return `${prefixOf(batchId)}${sha256(requestId).slice(0, 16)}`;
}

export function isUnrecordedId({ batchId }: Head, id: string): boolean {
  return id.startsWith(prefixOf(batchId));
}

/** Whether a generation was asked for by the request that was given this id. */
export function isMeantBy(id: string, { batchId }: Head, requestId: Request['id'] | undefined): boolean {
  return requestId !== undefined && unrecordedId(batchId, requestId) === id;
}

const prefixOf = (batchId: string): string => `${batchId}-unrecorded-`;
