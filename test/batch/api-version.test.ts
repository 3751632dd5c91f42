import { certificates, legacy, preSharedKeys, type TestedCloud } from '../support/tested-clouds';
import { lights, World } from '../support/world';

/** A change of the version by which a product is reached, which changes nothing of the product. */
const changes: [string, TestedCloud, TestedCloud][] = [
  ['2.0 to 3.0', legacy, preSharedKeys],
  ['3.0 to 2.0', preSharedKeys, legacy],
];

describe.each(changes)('a batch that goes from API %s', (_what, from, to) => {
  /** A world in which a batch of three was made by the one, and options for the other. */
  async function made() {
    const world = new World({ cloud: from });
    const { generation } = await world.create(world.options(lights(3), { deleteActivated: true }));
    const options = (names: string[]) =>
      world.options(names, { cloud: to.product(world.emulator), deleteActivated: true });
    const identities = () => new Map(world.emulator.tencent.devices().map((each) => [each.deviceName, each.identity]));
    return { world, generation, options, identities };
  }

  it('keeps its devices where nothing else changes, and is deleted by the new one', async () => {
    const { world, generation, options, identities } = await made();
    const before = identities();
    expect(await world.update(generation, options(lights(3)))).toMatchObject({ state: 'succeeded', generation });
    expect(identities()).toEqual(before);
    const [asked] = [world.emulator.journal.calls().length];
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
    const ids = world.emulator.journal.calls().slice(asked);
    expect(ids.some(({ operation }) => operation === 'DescribeDevice')).toBe(to !== legacy);
  });

  it('grows and shrinks with the devices and the secrets that it has', async () => {
    const { world, generation, options, identities } = await made();
    const before = identities();
    const changed = await world.update(generation, options(lights(3, 2)));
    expect(changed).toMatchObject({ state: 'succeeded' });
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(3, 2));
    for (const name of lights(2, 2)) expect(identities().get(name)).toBe(before.get(name));
    const kept = [...world.store.objects.keys()].filter(
      (key) => key.startsWith(`credentials/b1/${changed.generation}/`) && key.endsWith('.gz'),
    );
    const lines = kept.flatMap((key) => world.credentials(key));
    expect(lines.map(({ name }) => name).sort()).toEqual(lights(3, 2));
    expect(await world.delete(changed.generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('spares its devices when the change is taken back', async () => {
    const { world, generation, options, identities } = await made();
    const before = identities();
    const { generation: next } = await world.update(generation, options(lights(4)));
    const old = world.options(lights(3), { deleteActivated: true });
    expect(await world.update(next, old)).toMatchObject({ state: 'succeeded', generation });
    expect(await world.delete(next)).toEqual({ state: 'succeeded' });
    expect(identities()).toEqual(before);
  });
});

describe('by API 3.0', () => {
  it('the keys of certificates stay where they were kept when a batch comes from API 2.0', async () => {
    const world = new World({ cloud: { ...legacy, emulator: (jobs) => certificates.emulator(jobs) } });
    const { generation } = await world.create(world.options(lights(2)));
    const options = world.options(lights(3), { cloud: certificates.product(world.emulator) });
    expect(await world.update(generation, options)).toMatchObject({ state: 'succeeded' });
  });

  it('a batch that comes from API 2.0 does not delete devices that have connected (I1)', async () => {
    const world = new World({ cloud: legacy });
    const { generation } = await world.create(world.options(lights(3)));
    const cloud = preSharedKeys.product(world.emulator);
    const careful = world.options(lights(3), { cloud, deleteActivated: false });
    await world.update(generation, careful);
    world.connect('light-002');
    expect(await world.delete(generation)).toMatchObject({ state: 'failed', code: 'ActivatedDevices' });
    expect(world.devices()).toEqual(lights(3));
  });
});

describe.each([
  ['2.0', legacy],
  ['3.0', preSharedKeys],
])('a device that was deleted by hand and made anew for another batch by API %s', (_version, other) => {
  it('stays when a batch is deleted by API 2.0 that had recorded the first one of that name (I1)', async () => {
    const world = new World({ cloud: preSharedKeys });
    const anyway = { deleteActivated: true };
    const { generation } = await world.create(world.options(lights(2), anyway));
    const byName = world.options(lights(2), { cloud: legacy.product(world.emulator), ...anyway });
    expect(await world.update(generation, byName)).toMatchObject({ state: 'succeeded', generation });
    world.deleteByHand('light-001');
    const options = world.options(lights(2), { cloud: other.product(world.emulator), ...anyway });
    expect(await world.create(options, 'b2')).toMatchObject({ state: 'succeeded' });
    const listed = world.identities();

    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });

    expect(world.identities()).toEqual(listed);
    expect(world.head().generations.every(({ phase }) => phase === 'gone')).toBe(true);
  });
});

describe('a device that was deleted by hand and made anew by API 2.0', () => {
  it('goes with the batch that made it, whatever an older batch had recorded under its name (I2)', async () => {
    const world = new World({ cloud: preSharedKeys });
    const anyway = { deleteActivated: true, deviceCredentials: 'none' } as const;
    await world.create(world.options(lights(2), anyway));
    world.deleteByHand('light-001');
    const byName = world.options(lights(3), { cloud: legacy.product(world.emulator), ...anyway });
    const { generation, state } = await world.create(byName, 'b2');
    expect(state).toBe('succeeded');

    expect(await world.delete(generation, 'b2')).toEqual({ state: 'succeeded' });

    expect(world.devices()).toEqual(['light-002']);
  });
});

describe('the way to a product', () => {
  it('is that of the last change that succeeded: an endpoint that is gone holds no Delete up', async () => {
    const world = new World({ cloud: preSharedKeys });
    const { generation } = await world.create(world.options(lights(2)));
    const { tencent } = world.product();
    const moved = world.options(lights(2), { cloud: { tencent: { ...tencent!, endpoint: 'http://elsewhere.test' } } });
    await world.update(generation, moved);
    expect(world.head().generations[0]?.cloud.tencent?.endpoint).toBe('http://elsewhere.test');
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
  });
});

describe('by API 2.0, which cannot tell whether a device has ever connected', () => {
  it('a replacement is taken back although the policy from before says nothing of such devices (I2)', async () => {
    const world = new World({ cloud: preSharedKeys });
    const before = world.options(lights(3));
    const { generation } = await world.create(before);
    legacy.seed(world.emulator, { product: 'REPLACED01' });
    const cloud = legacy.product(world.emulator, 'REPLACED01');
    const replaced = await world.update(generation, world.options(lights(3), { cloud, deleteActivated: true }));
    expect(await world.update(replaced.generation, before)).toMatchObject({ state: 'succeeded', generation });
    expect(await world.delete(replaced.generation)).toEqual({ state: 'succeeded' });
    expect(world.emulator.tencent.devices('REPLACED01')).toEqual([]);
    expect(world.devices()).toEqual(lights(3));
  });

  it('a replacement that retains is taken back, and leaves what nobody may delete (I1)', async () => {
    const world = new World({ cloud: preSharedKeys });
    const before = world.options(lights(3));
    const { generation } = await world.create(before);
    legacy.seed(world.emulator, { product: 'REPLACED01' });
    const cloud = legacy.product(world.emulator, 'REPLACED01');
    const retaining = world.options(lights(3), { cloud, removalPolicy: 'retain', deleteActivated: false });
    const replaced = await world.update(generation, retaining);
    expect(replaced.state).toBe('succeeded');
    expect(await world.update(replaced.generation, before)).toMatchObject({ state: 'succeeded', generation });
    expect(await world.delete(replaced.generation)).toEqual({ state: 'succeeded' });
    expect(world.emulator.tencent.devices('REPLACED01')).toHaveLength(3);
    expect(world.json(`manifests/b1/${replaced.generation}.json`).devices).toHaveLength(3);
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });
});
