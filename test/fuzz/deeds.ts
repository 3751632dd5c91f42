import * as fc from 'fast-check';
import { settle } from '../../lib/batch';
import { readStatus } from '../../lib/batch/status';
import { lights, type World } from '../support/world';
import type { Lived } from './lives';

/** What is done with a batch whose record is not what it was. */
const deeds: Record<string, (world: World, lived: Lived) => Promise<{ state: string; code?: string }>> = {
  resume: (world, { requestId }) => world.work(requestId),
  update: async (world, { generation }) => {
    const wanted = lights(4, 2);
    const result = await world.update(generation, world.options(wanted));
    const missing = wanted.filter((name) => !world.devices().includes(name));
    // A success is that of devices that exist (I4).
    if (result.state === 'succeeded' && missing.length > 0) throw new Error(`succeeded without ${missing.join(', ')}`);
    return result;
  },
  delete: (world, { generation }) => world.delete(generation),
  neighbour: (world) => world.create(world.options(lights(3, 3)), 'b2'),
  status: async (world) => {
    await readStatus(world.store, world.clock);
    return { state: 'succeeded' };
  },
  settle: async (world) => {
    await settle(world.ports(), NOTHING, { deadline: world.clock.now() + 600_000 });
    return { state: 'succeeded' };
  },
};

const NOTHING = { remove: [], deleteActivated: [], forget: [] };

export const deed = fc.constantFrom(...Object.keys(deeds));

/** @returns the code of a failure, or how it ended. */
export async function done(deed: string, world: World, lived: Lived): Promise<string> {
  const { code, state } = await deeds[deed]!(world, lived);
  return code ?? state;
}
