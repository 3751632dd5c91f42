/** Cut off in the middle by the real CLI: whatever is done next goes on from the journal (I2, I3, I5, I11). */
import { aliyun, preSharedKeys } from '../../support/tested-clouds';
import { lights } from '../harness/oracle';
import { canFindProcesses } from '../harness/processes';
import { until } from '../harness/until';
import { succeeded, type Command } from './harness/command';
import { sequence, Town, type Batches } from './harness/town';

jest.setTimeout(300_000);

const HOUR = 3_600_000;
const street = (count: number, start = 1): Batches => ({ lights: { devices: sequence('light-', count, start) } });

let town: Town;
afterEach(() => town?.close());

/**
 * An `up` that waits for a job of the cloud, and knows it: where the answer is lost to the call that starts one, Tencent's cannot be told
 * for a minute and a half, three times what the rest takes (test/pulumi/lost-answer.test.ts lets that time pass at once).
 */
async function upToTheJob(batches: Batches): Promise<Command> {
  const before = town.registrations;
  await town.write(batches);
  const up = town.project.startUp();
  const isWaitedFor = async () => {
    await until(() => town.registrations > before, 60);
    const { looks } = town;
    await until(() => town.looks > looks, 60);
  };
  await Promise.race([
    isWaitedFor(),
    up.ended.then(({ text }) => Promise.reject(new Error(`it ended before:\n${text}`))),
  ]);
  up.ended.catch(() => undefined);
  return up;
}

/** … whose machine loses its power. */
async function cutOff(batches: Batches): Promise<void> {
  const up = await upToTheJob(batches);
  await town.project.killAll();
  await up.ended;
  await town.project.unlock();
}

const upWhileJobsEnd = (batches: Batches) => town.meanwhileJobsEnd(town.up(batches));
const onLinux = canFindProcesses ? describe : describe.skip;

onLinux.each([aliyun, preSharedKeys])('on $name', (cloud) => {
  beforeEach(async () => (town = await Town.open(cloud, { createMs: HOUR })));

  test('a first Ctrl-C waits for the devices, which are in the state then', async () => {
    const up = await upToTheJob(street(2));
    up.interrupt();
    await until(() => /cancel/i.test(up.text), 60);
    const { code } = await town.meanwhileJobsEnd(up.ended);

    expect(code).not.toBe(0);
    expect(succeeded(await town.project.up()).text).toContain('unchanged');
    await town.expectStands('lights', lights(2));
    expect(town.registrations).toBe(1);
    await town.expectGone();
  });

  test('after a second one, up goes on with the same job', async () => {
    const up = await upToTheJob(street(2));
    up.interrupt();
    await until(() => /cancel/i.test(up.text), 60);
    up.interrupt();
    await up.ended;

    succeeded(await upWhileJobsEnd(street(2)));

    await town.expectStands('lights', lights(2));
    expect(town.registrations).toBe(1);
    await town.expectGone();
  });

  test('after kill -9 of the CLI, whose provider lives on, up goes on with the same job', async () => {
    const up = await upToTheJob(street(2));
    up.kill();
    await up.ended;
    await town.project.unlock();
    expect(await town.project.providers()).toHaveLength(1);

    succeeded(await upWhileJobsEnd(street(2)));

    await town.expectStands('lights', lights(2));
    expect(town.registrations).toBe(1);
    await town.expectGone();
  });

  test('killed in an update, each way on leads to where it should: up, the program reverted, destroy', async () => {
    succeeded(await upWhileJobsEnd(street(2)));
    const before = town.devices();

    await cutOff(street(3));
    succeeded(await upWhileJobsEnd(street(3)));
    await town.expectStands('lights', lights(3));
    town.expectKept(before);

    const standing = town.devices();
    await cutOff(street(4));
    succeeded(await upWhileJobsEnd(street(3)));
    await town.expectStands('lights', lights(3));
    expect(town.devices()).toEqual(standing);
    expect(town.deletions).toEqual(['light-004']);

    await cutOff(street(5));
    succeeded(await town.meanwhileJobsEnd(town.project.destroy()));
    expect(town.names()).toEqual([]);
    expect(await town.project.resources()).toEqual([]);
    expect(town.cloud.doubles(town.emulator).filter((name) => !name.endsWith('/light-004'))).toEqual([]);
  });
});

onLinux('where no provider is called any more', () => {
  beforeEach(async () => (town = await Town.open(aliyun, { createMs: HOUR })));

  test('a killed create, reverted or destroyed, is ended by settle', async () => {
    await cutOff(street(2));

    succeeded(await town.up({}));
    succeeded(await town.project.destroy());
    town.emulator.advance(HOUR);
    expect(town.names()).toEqual(lights(2));

    succeeded(await town.settle());
    expect(town.names()).toEqual([]);
  });
});

onLinux('of a destroy that was killed late, the devices gone and the batch still in the state', () => {
  /** Its answer has come to the CLI, which never writes it down. */
  async function destroyUnheard(): Promise<void> {
    const before = town.deletions.length;
    // Long enough for the CLI to be stopped before it hears.
    const { faults } = town.emulator;
    const rule = faults.add({ operation: town.cloud.operations.delete, fault: { kind: 'slow', ms: 2_000 } });
    const destroy = town.project.startDestroy();
    await Promise.race([
      until(() => town.deletions.length > before, 60),
      destroy.ended.then(({ text }) => Promise.reject(new Error(`it ended before:\n${text}`))),
    ]);
    destroy.freeze();
    faults.clear(rule);
    await until(async () => [...(await town.project.journal()).values()].some((text) => isAllGone(text)), 60);
    await town.project.killAll();
    await destroy.ended.catch(() => undefined);
    await town.project.unlock();
    expect(town.names()).toEqual([]);
    expect(await town.project.resources()).toHaveLength(1);
  }

  /** Of a batch's head in the journal: the Delete is over. */
  function isAllGone(text: string): boolean {
    if (!text.includes('"generations"')) return false;
    const { generations, requests } = JSON.parse(text) as {
      generations: { phase: string }[];
      requests: { outcome?: object }[];
    };
    return generations.every(({ phase }) => phase === 'gone') && requests.every(({ outcome }) => outcome !== undefined);
  }

  test('refresh finds it gone, up makes it again, destroy has nothing to do', async () => {
    town = await Town.open(preSharedKeys);
    succeeded(await town.up(street(2)));
    await destroyUnheard();
    succeeded(await town.project.refresh());
    expect(await town.project.resources()).toEqual([]);

    succeeded(await town.up(street(2)));
    await destroyUnheard();
    succeeded(await town.project.up());
    await town.expectStands('lights', lights(2));

    await destroyUnheard();
    const calls = town.deletions.length;
    await town.expectGone();
    expect(town.deletions).toHaveLength(calls);
  });
});

onLinux('with its journal', () => {
  test('lost after a killed create, the devices are told and not touched, and can be adopted', async () => {
    town = await Town.open(aliyun, { createMs: HOUR });
    await cutOff(street(2));
    await town.project.loseJournal();
    town.emulator.advance(HOUR);

    const { code, text } = await town.up(street(2));
    expect(code).not.toBe(0);
    for (const each of [...lights(2), 'adopt']) expect(text).toContain(each);
    expect(town.names()).toEqual(lights(2));

    succeeded(await town.up({ lights: { devices: sequence('light-', 2), onExisting: 'adopt' } }));
    await town.expectStands('lights', lights(2));
    expect(town.registrations).toBe(1);
  });

  test('lost where nothing was under way, as on another machine, the state tells enough', async () => {
    town = await Town.open(aliyun);
    await town.up(street(2));
    const before = town.devices();
    await town.project.loseJournal();

    succeeded(await town.up(street(3)));
    await town.expectStands('lights', lights(3));
    town.expectKept(before);

    await town.project.loseJournal();
    await town.expectGone();
  });

  test('older than the state, it is left aside with a warning (I1)', async () => {
    town = await Town.open(aliyun);
    await town.up(street(2));
    const older = await town.project.keepJournal();
    await town.up(street(3));
    await older.putBack();

    const { code, text } = await town.up(street(4));

    expect(code).toBe(0);
    expect(text).toMatch(/warning.*journal/i);
    await town.expectStands('lights', lights(4));
    expect(town.deletions).toEqual([]);
    await town.expectGone();
  });
});
