import type { Progress } from '../../lib/batch/ports/observer';
import { aliyun, certificates, legacy, preSharedKeys } from '../support/tested-clouds';
import { lights, World } from '../support/world';

/** What is told of each step while a request is worked on. */
async function toldOf(world: World, requestId: string): Promise<Map<string, Progress[]>> {
  const told = new Map<string, Progress[]>();
  const ports = world.ports();
  const progress = (each: Progress) => void told.set(each.step, [...(told.get(each.step) ?? []), each]);
  const result = await world.work(requestId, 'b1', { ...ports, observer: { ...ports.observer, progress } });
  expect(result.state).toBe('succeeded');
  return told;
}

/** Grows from nothing to all of them, and never says more or less than that. */
function expectRise(told: Progress[] | undefined, of: number): void {
  const done = (told ?? []).map((each) => each.done);
  expect(done.at(-1)).toBe(of);
  expect(done).toEqual([...done].sort((a, b) => a - b));
  expect(done[0]).toBeGreaterThanOrEqual(0);
  expect(new Set(told?.map((each) => each.of))).toEqual(new Set([of]));
}

describe.each([aliyun, certificates, preSharedKeys, legacy])('$name: what is told while one waits', (cloud) => {
  it('is how many devices each step is done with, of how many', async () => {
    const world = new World({ cloud, namesPerJob: 2 });
    const create = world.order({ type: 'create', options: world.options(lights(5)) });
    const generation = (await world.submit(create)) as string;
    const rising = await toldOf(world, create.requestId);
    const steps = cloud === aliyun ? ['look-up', 'check', 'register', 'collect'] : ['look-up', 'register', 'collect'];
    expect([...rising.keys()]).toEqual(steps);
    for (const step of steps) expectRise(rising.get(step), 5);

    const remove = world.order({ type: 'delete', named: generation });
    await world.submit(remove);
    const falling = await toldOf(world, remove.requestId);
    expectRise(falling.get('delete'), 5);
  });
});

describe('what is told of a job that was submitted elsewhere', () => {
  it('is how many of its devices are read, page by page', async () => {
    const world = new World();
    const { generation } = await world.create(world.options(lights(120)), 'elsewhere');
    const [id = ''] = world.head('elsewhere').generations.find((each) => each.id === generation)?.jobIds ?? [];
    const observe = world.order({ type: 'create', options: world.options([], { devices: { fromJob: { id } } }) });
    await world.submit(observe);
    const told = await toldOf(world, observe.requestId);
    expect(told.get('collect')?.length).toBeGreaterThan(1);
    expectRise(told.get('collect'), 120);
  });
});
