import type { MemoryStore } from '../../support/memory-store';
import type { DeviceHistory } from './device-history';
import { answersFor, storedGenerations } from './stored';

/** The identities of the devices that the standing generations of a batch list, as the store has it. */
export function standingDevices(store: MemoryStore, history: DeviceHistory, batchId: string): string[] {
  const standing = storedGenerations(store).filter((each) => each.batchId === batchId && each.phase === 'standing');
  return history
    .all()
    .filter(({ deleted }) => !deleted)
    .filter(({ name, identity }) => standing.some((each) => answersFor(store, each, name, identity)))
    .map(({ identity }) => identity);
}
