import { preSharedKeys } from '../support/tested-clouds';
import { lights, World } from '../support/world';

describe('the head of a batch', () => {
  it('stays small, however often a change of many devices fails', async () => {
    const world = new World();
    for (const name of lights(9)) world.seed(name);
    const { generation } = await world.create(world.options(['other-1']));
    for (let change = 0; change < 120; change++) {
      const names = ['other-1', ...lights(9), `other-${change}-new`];
      const result = await world.update(generation, world.options(names));
      expect(result).toMatchObject({ state: 'failed', code: 'DevicesExist' });
    }
    const size = Buffer.byteLength(world.store.text('heads/b1.json') as string);
    // 64 KB are allowed; of 100,000 devices the lists of names of what is not over yet come on top, a kilobyte each.
    expect(size).toBeLessThan(48_000);
  });

  it('stays small however many jobs there are; the manifest lists them all, also when it is written anew', async () => {
    const world = new World({ cloud: preSharedKeys, namesPerJob: 1 });
    const names = lights(300);
    const { generation } = await world.create(world.options(names));
    const jobs = [...world.cloud.jobs(world.emulator)].sort();
    expect(jobs).toHaveLength(300);
    expect([...world.json(`manifests/b1/${generation}.json`).jobIds].sort()).toEqual(jobs);
    await world.update(generation, world.options([...names].reverse()));
    expect([...world.json(`manifests/b1/${generation}.json`).jobIds].sort()).toEqual(jobs);
    expect(Buffer.byteLength(world.store.text('heads/b1.json') as string)).toBeLessThan(3_000);
  });
});
