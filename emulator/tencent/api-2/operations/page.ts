import { type Parameters, within } from '../../parameters';

/** `pageNum` counts from 1. */
export function pageOf(parameters: Parameters, bounds: { least: number; most: number }): { from: number; to: number } {
  const page = within('pageNum', parameters.requiredInteger('pageNum'), 1, Infinity);
  const size = within('pageSize', parameters.requiredInteger('pageSize'), bounds.least, bounds.most);
  return { from: (page - 1) * size, to: page * size };
}
