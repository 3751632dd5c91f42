import type { BatchSpec } from './spec';

/** A batch as CloudFormation knows it. */
export interface Resource {
  /** The physical id. */
  id: string;
  /** What was last asked of it. */
  spec: BatchSpec;
  state: 'fine' | 'createFailed' | 'updateFailed';
}

/** An id that CloudFormation is to delete once a change is complete. */
export interface Doomed {
  batch: string;
  id: string;
  spec: BatchSpec;
}

export function sameSpec(one: BatchSpec, other: BatchSpec): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
