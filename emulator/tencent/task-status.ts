import { faultOf } from '../faults';
import type { OperationCall } from './operation';
import type { TencentTask } from './task';

/** The task's status, or what a fault says instead: a number where it is one. */
export function shownStatus({ faults }: OperationCall, { status }: TencentTask): number | string {
  const asserted = faultOf(faults, 'status')?.status;
  if (asserted === undefined) return status;
  return /^-?\d+$/.test(asserted) ? Number(asserted) : asserted;
}
