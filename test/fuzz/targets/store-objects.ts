import * as fc from 'fast-check';
import { BatchError, settle } from '../../../lib/batch';
import { readStatus } from '../../../lib/batch/status';
import { CloudError } from '../../../lib/batch/ports/cloud';
import { testedClouds } from '../../support/tested-clouds';
import { lights, World } from '../../support/world';
import { mutate, mutation } from '../mutation';
import { refuseSecrets } from '../secrets';
import { target } from '../target';

/** What is done with a batch whose record somebody has damaged, with the generation that it had. */
const deeds: Record<string, (world: World, generation: string) => Promise<{ state: string; code?: string }>> = {
  update: (world, generation) => world.update(generation, world.options(lights(4, 2))),
  delete: (world, generation) => world.delete(generation),
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

/** Objects of the store that were cut, overwritten, changed, or lost. */
export const storeObjects = target({
  name: 'objects of the store',
  inputs: fc.record({
    cloud: fc.nat({ max: testedClouds.length - 1 }),
    object: fc.nat(),
    changes: fc.array(mutation, { minLength: 1, maxLength: 3 }),
    lost: fc.boolean(),
    deed: fc.constantFrom(...Object.keys(deeds)),
  }),
  async attempt({ cloud, object, changes, lost, deed }) {
    const world = new World({ cloud: testedClouds[cloud]!, jobs: { createMs: 1_000 } });
    const { generation } = await world.create(world.options(lights(3)));
    const keys = await world.store.list('');
    const key = keys[object % keys.length]!;
    if (lost) await world.store.delete(key);
    else await world.store.put(key, mutate(world.store.text(key)!, changes));
    world.seed('foreign');
    try {
      const result = await deeds[deed]!(world, generation);
      return result.code ?? result.state;
    } catch (error) {
      if (!(error instanceof BatchError || error instanceof CloudError)) throw error;
      refuseSecrets(`${error.message} ${world.logs.join(' ')}`, world.cloud.secrets(world.emulator));
      return error.code;
    } finally {
      if (!world.devices().includes('foreign')) throw new Error('a device is gone that no record names');
    }
  },
});
