import type { BatchOptions } from '../../lib/batch/contract';
import { aliyun, preSharedKeys, testedClouds, where } from '../support/tested-clouds';
import { lights, World } from '../support/world';

// Thousands of devices.
jest.setTimeout(60_000);

describe.each(testedClouds)('$name: names that lie in a file', (cloud) => {
  it('are read once, copied into the store, and never asked for again', async () => {
    const world = new World({ cloud });
    const { generation, state } = await world.create(world.fromFile(lights(5)));
    expect(state).toBe('succeeded');
    expect(world.devices()).toEqual(lights(5));
    expect(manifest(world, generation)).toEqual(lights(5));
    expect(world.fileReads).toHaveLength(1);

    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
    expect(world.fileReads).toHaveLength(1);
  });

  it('are not read to record what is wanted', async () => {
    const world = new World({ cloud });
    await world.submit(world.order({ type: 'create', options: world.fromFile(lights(5)) }));
    expect(world.fileReads).toEqual([]);
    expect(world.head().generations).toMatchObject([{ phase: 'rising', names: { count: 5 } }]);
  });

  // Once where a job takes a chunk, once where it takes a hundred names.
  where(cloud === aliyun || cloud === preSharedKeys)('may be more than one chunk of them', async () => {
    const names = lights(20_001);
    const world = new World({ cloud });
    const { generation } = await world.create(world.fromFile(names));
    expect(world.head().generations[0]?.names.chunks.map(({ count }) => count)).toEqual([10_000, 10_000, 1]);
    expect(manifest(world, generation)).toEqual(names);
  });

  it.each<[string, (world: World, names: string[]) => BatchOptions, (world: World, names: string[]) => BatchOptions]>([
    ['a list becomes a file', (w, names) => w.options(names), (w, names) => w.fromFile(names)],
    ['a file becomes a list', (w, names) => w.fromFile(names), (w, names) => w.options(names)],
  ])('change nothing where %s of the same names: no call, no read, the same generation', async (_, from, to) => {
    const world = new World({ cloud });
    const { generation } = await world.create(from(world, lights(3)));
    const before = [world.emulator.journal.calls().length, world.fileReads.length];
    expect(await world.update(generation, to(world, lights(3)))).toMatchObject({ state: 'succeeded', generation });
    expect([world.emulator.journal.calls().length, world.fileReads.length]).toEqual(before);
    expect(manifest(world, generation)).toEqual(lights(3));
  });

  it('may change their order by another file, and back without it', async () => {
    const world = new World({ cloud });
    const there = world.fromFile(lights(3));
    const { generation } = await world.create(there);
    const calls = world.emulator.journal.calls().length;
    const reversed = [...lights(3)].reverse();
    expect(await world.update(generation, world.fromFile(reversed))).toMatchObject({ state: 'succeeded', generation });
    expect(manifest(world, generation)).toEqual(reversed);
    expect(world.fileReads).toHaveLength(2);

    world.files.clear();
    expect(await world.update(generation, there)).toMatchObject({ state: 'succeeded', generation });
    expect(manifest(world, generation)).toEqual(lights(3));
    expect(world.emulator.journal.calls()).toHaveLength(calls);
  });

  it('grow and shrink as any', async () => {
    const world = new World({ cloud });
    const { generation: old } = await world.create(world.fromFile(lights(5)));
    const before = world.identities();
    const { generation } = await world.update(old, world.fromFile(lights(4, 3)));
    expect(await world.delete(old)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(4, 3));
    for (const name of lights(3, 3)) expect(world.identities().get(name)).toBe(before.get(name));
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.fileReads).toHaveLength(2);
  });

  it('are taken back without the file, although it is gone (I5)', async () => {
    const world = new World({ cloud });
    const there = world.fromFile(lights(3));
    const { generation: old } = await world.create(there);
    const before = world.identities();
    const { generation: next } = await world.update(old, world.fromFile(lights(4, 3)));
    const reads = world.fileReads.length;
    world.files.clear();
    expect(await world.update(next, there)).toMatchObject({ state: 'succeeded', generation: old });
    expect(await world.delete(next)).toEqual({ state: 'succeeded' });
    expect(world.identities()).toEqual(before);
    expect(await world.delete(old)).toEqual({ state: 'succeeded' });
    expect(world.fileReads).toHaveLength(reads);
  });
});

describe.each(testedClouds)('$name: a file of names that cannot be had', (cloud) => {
  it.each<[string, (file: string) => string]>([
    ['is empty', () => ''],
    ['holds other names', (file) => file.replace('light-002', 'light-022')],
    ['is cut short', (file) => file.slice(0, -10)],
    ['holds no lists', () => '{"light-001": 1}\n'],
  ])('because it %s fails the change before anything is done', async (_, spoil) => {
    const world = new World({ cloud });
    const options = world.fromFile(lights(3));
    for (const [source, file] of world.files) world.files.set(source, spoil(file));
    const result = await world.create(options);
    expect(result).toMatchObject({ state: 'failed', code: 'NamesFileCorrupt' });
    expect(result).toHaveProperty('message', expect.stringMatching(/^the file file:\w+ does not hold the names/));
    expect(world.emulator.journal.calls()).toEqual([]);
    expect(await world.delete(result.generation)).toEqual({ state: 'succeeded' });
  });

  it('where the digests are as forged as the names are doubled', async () => {
    const world = new World({ cloud });
    const options = world.fromFile(lights(3));
    if ('file' in options.devices) options.devices.file.names.set = 'f'.repeat(64);
    expect(await world.create(options)).toMatchObject({ state: 'failed', code: 'NamesFileCorrupt' });
  });

  it('leaves what stands as it was, and the next change with a file that is there succeeds (I2)', async () => {
    const world = new World({ cloud });
    const there = world.fromFile(lights(3));
    const { generation: old } = await world.create(there);
    const wider = world.fromFile(lights(5));
    const files = new Map(world.files);
    world.files.clear();
    const failed = await world.update(old, wider);
    expect(failed).toMatchObject({ state: 'failed', code: 'NamesFileMissing' });
    expect(await world.update(old, there)).toMatchObject({ state: 'succeeded', generation: old });
    expect(await world.delete(failed.generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(3));

    for (const [source, file] of files) world.files.set(source, file);
    expect(await world.update(old, wider)).toMatchObject({ state: 'succeeded' });
    expect(world.devices()).toEqual(lights(5));
  });

  it('also leaves what stands where only the order would have changed', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(3)));
    const reversed = world.fromFile([...lights(3)].reverse());
    world.files.clear();
    expect(await world.update(generation, reversed)).toMatchObject({ state: 'failed', code: 'NamesFileMissing' });
    expect(await world.update(generation, world.options(lights(3)))).toMatchObject({ state: 'succeeded', generation });
    expect(manifest(world, generation)).toEqual(lights(3));
    expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });
});

describe.each(testedClouds)('$name: names in a file that nobody has read yet', (cloud) => {
  /** Batch a stands with three lights and gives up two of them, which are still owed when their names are asked for again. */
  async function owing(): Promise<{ world: World; current: string }> {
    const world = new World({ cloud });
    const { generation: old } = await world.create(world.options(lights(3)), 'a');
    const { generation: current } = await world.update(old, world.options(['light-001']), 'a');
    await world.submit(world.order({ type: 'delete', named: old }), 'a');
    return { world, current };
  }

  it('keep the devices that their own batch still owes (I1)', async () => {
    const { world, current } = await owing();
    const before = world.identities();
    expect(await world.update(current, world.fromFile(lights(4)), 'a')).toMatchObject({ state: 'succeeded' });
    expectKept(world, before);
  });

  it('keep the devices that another batch is about to clear away (I1)', async () => {
    const { world, current } = await owing();
    const before = world.identities();
    const update = world.order({ type: 'update', named: current, options: world.fromFile(lights(4)) });
    await world.submit(update, 'a');
    expect(await world.create(world.options(['other-1']), 'b')).toMatchObject({ state: 'succeeded' });
    expect(await world.work(update.requestId, 'a')).toMatchObject({ state: 'succeeded' });
    expectKept(world, before);
  });

  it('keep them also where that batch cannot read the file, which holds it up in no way (I1, I11)', async () => {
    const { world, current } = await owing();
    const before = world.identities();
    const update = world.order({ type: 'update', named: current, options: world.fromFile(lights(4)) });
    await world.submit(update, 'a');
    const files = new Map(world.files);
    world.files.clear();
    expect(await world.create(world.options(['other-1']), 'b')).toMatchObject({ state: 'succeeded' });
    expectKept(world, before);

    for (const [source, file] of files) world.files.set(source, file);
    expect(await world.work(update.requestId, 'a')).toMatchObject({ state: 'succeeded' });
    expectKept(world, before);
  });

  it('of another batch do not keep a Delete from clearing its own away (I2)', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(2)), 'a');
    await world.submit(world.order({ type: 'create', options: world.fromFile(lights(3, 7)) }), 'b');
    expect(await world.delete(generation, 'a')).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
  });

  it('of a change that was taken back are no hindrance to whoever comes later', async () => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(2)), 'a');
    const create = world.order({ type: 'create', options: world.fromFile(lights(3, 7)) });
    const unread = await world.submit(create, 'b');
    await world.submit(world.order({ type: 'delete', named: unread as string }), 'b');
    world.files.clear();
    expect(await world.delete(generation, 'a')).toEqual({ state: 'succeeded' });
    expect(world.devices()).toEqual([]);
    expect(world.fileReads).toEqual([]);
  });
});

function expectKept(world: World, devices: ReadonlyMap<string, string>): void {
  for (const [name, identity] of devices) expect([name, world.identities().get(name)]).toEqual([name, identity]);
}

function manifest(world: World, generation: string): string[] {
  const { devices } = world.json(`manifests/b1/${generation}.json`) as { devices: { name: string }[] };
  return devices.map(({ name }) => name);
}
