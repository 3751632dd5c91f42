import { createHash } from 'node:crypto';
import type { SimulatedWorld } from '../world/world';

/** Of every call, every device's fate, every log line and everything stored. */
export function digestOf({ calls, events, logs, store, timeline }: SimulatedWorld): string {
  const hash = createHash('sha256');
  for (const { seq, operation, sentAt, executedAt, code } of calls.all) {
    hash.update(`${seq} ${operation} ${sentAt} ${executedAt} ${code}\n`);
  }
  for (const event of events) hash.update(`${event.time} ${event.event} ${event.identity}\n`);
  for (const line of logs) hash.update(line);
  for (const [key, { version }] of store.objects) hash.update(`${key} ${version}\n`);
  return hash.update(String(timeline.now())).digest('hex').slice(0, 16);
}
