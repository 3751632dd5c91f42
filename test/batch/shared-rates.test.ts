import { documentedRates as aliyunRates } from '../../lib/clouds/aliyun/limits';
import { documentedRates as tencentRates } from '../../lib/clouds/tencent/limits';
import { call } from '../emulator/signed-call';
import { aliyun, preSharedKeys } from '../support/tested-clouds';
import { World } from '../support/world';

// Thousands of calls.
jest.setTimeout(60_000);

/** What one process sent, and when. */
type Sent = { operation: string; time: number }[];

/** A batch of `count` devices whose process is a world of its own to the others; what it sends is kept in `sent`. */
function batchOf(world: World, batchId: string, count: number) {
  const sent: Sent = [];
  const ports = () =>
    world.ports((what, run) => {
      const operation = /^cloud (\w+)$/.exec(what)?.[1];
      if (operation !== undefined) sent.push({ operation, time: world.clock.now() });
      return run();
    });
  const names = Array.from({ length: count }, (_, i) => `${batchId}-${String(i).padStart(5, '0')}`);
  let generation = '';
  return {
    sent,
    async create() {
      const order = world.order({ type: 'create', options: world.options(names) });
      generation = (await world.submit(order, batchId)) as string;
      expect(await world.work(order.requestId, batchId, ports())).toMatchObject({ state: 'succeeded' });
    },
    /** Returns how many seconds it took. */
    async delete() {
      const began = world.clock.now();
      const order = world.order({ type: 'delete', named: generation });
      await world.submit(order, batchId);
      expect(await world.work(order.requestId, batchId, ports())).toEqual({ state: 'succeeded' });
      return (world.clock.now() - began) / 1000;
    },
  };
}

/** The most calls of an operation within any second. */
function mostInASecond(sent: Sent, operation: string): number {
  const times = sent.filter((call) => call.operation === operation).map(({ time }) => time);
  let most = 0;
  for (let first = 0, last = 0; last < times.length; last++) {
    while ((times[last] as number) - (times[first] as number) >= 1000) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

function expectDocumentedRates({ cloud }: World, sent: Sent): void {
  for (const [operation, perSecond] of Object.entries(cloud === aliyun ? aliyunRates : tencentRates)) {
    if (perSecond !== undefined) expect(mostInASecond(sent, operation)).toBeLessThanOrEqual(perSecond);
  }
}

/** The part of the calls of an operation that the cloud refused for their rate. */
function refusedPart(world: World, operation: string): number {
  const calls = world.emulator.journal.calls(operation);
  return calls.filter(({ code }) => /^(Throttling\.User|RequestLimitExceeded)$/.test(code ?? '')).length / calls.length;
}

describe('batches of one stack that are worked on side by side', () => {
  const SHARE = 4;

  it.each([aliyun, preSharedKeys])(
    'never exceed a documented rate of $name, neither each nor together, and all end (I10)',
    async (cloud) => {
      const world = new World({ cloud, rates: true, share: SHARE });
      const batches = Array.from({ length: SHARE }, (_, i) => batchOf(world, `batch${i}`, 150));
      await Promise.all(batches.map((batch) => batch.create()));
      await Promise.all(batches.map((batch) => batch.delete()));
      expect(world.devices()).toEqual([]);
      const all = batches.flatMap(({ sent }) => sent).sort((one, other) => one.time - other.time);
      for (const sent of [all, ...batches.map((batch) => batch.sent)]) expectDocumentedRates(world, sent);
      expect(refusedPart(world, 'DeleteDevice')).toBe(0);
    },
  );

  it('take what the others leave: a large one beside small ones is soon as fast as if it were alone', async () => {
    const world = new World({ rates: true, share: SHARE });
    const [large, small] = [batchOf(world, 'large', 3_000), batchOf(world, 'small', 10)];
    await Promise.all([large.create(), small.create()]);
    const [seconds] = await Promise.all([large.delete(), small.delete()]);
    expectDocumentedRates(world, large.sent);
    // Its part is 10 a second, alone it has 40.
    expect(seconds).toBeLessThan((3_000 / 10) * 0.6);
    expect(seconds).toBeGreaterThan(3_000 / 40);
  });

  it('that all have much to do go back to their parts when they meet, and few calls are refused', async () => {
    const world = new World({ rates: true, share: 2 });
    const batches = ['one', 'two'].map((id) => batchOf(world, id, 1_500));
    await Promise.all(batches.map((batch) => batch.create()));
    const seconds = await Promise.all(batches.map((batch) => batch.delete()));
    for (const { sent } of batches) expectDocumentedRates(world, sent);
    expect(refusedPart(world, 'DeleteDevice')).toBeLessThan(0.05);
    // Both together have 40 a second, each has looked at 1,500 devices before.
    for (const each of seconds) expect(each).toBeLessThan((3_000 / 40 + 3_000 / 400) * 1.5);
  });
});

describe('two stacks that know nothing of each other', () => {
  it.each([aliyun, preSharedKeys])('come to share the rate of $name, and both end (I10)', async (cloud) => {
    const world = new World({ cloud, rates: true });
    const batches = ['one', 'two'].map((id) => batchOf(world, id, 1_000));
    await Promise.all(batches.map((batch) => batch.create()));
    const seconds = await Promise.all(batches.map((batch) => batch.delete()));
    expect(world.devices()).toEqual([]);
    for (const { sent } of batches) expectDocumentedRates(world, sent);
    expect(refusedPart(world, 'DeleteDevice')).toBeGreaterThan(0);
    expect(refusedPart(world, 'DeleteDevice')).toBeLessThan(0.1);
    // Neither is starved: they end at about the same time.
    const [first = 0, last = 0] = seconds.sort((one, other) => one - other);
    expect(last / first).toBeLessThan(1.5);
  });
});

describe('somebody else who uses the account', () => {
  it('gets through, while a batch adapts to what is left, and recovers when it is alone again (I10)', async () => {
    const world = new World({ rates: true });
    const batch = batchOf(world, 'batch', 2_000);
    await batch.create();
    const began = world.clock.now();
    const [FOREIGN_RATE, FOREIGN_SECONDS] = [30, 30];
    const key = { accessKeyId: 'LTAIforeign', accessKeySecret: 'of-somebody-else' };
    world.emulator.aliyun.seed({ keys: [key] });
    const foreign = async () => {
      const codes: unknown[] = [];
      while (world.clock.now() < began + FOREIGN_SECONDS * 1000) {
        codes.push(call(world.emulator, 'DeleteDevice', { IotId: 'of-somebody-else' }, { key }).body.Code);
        // Irregular, as people and programs are: in step with our calls it would meet them always or never.
        await world.clock.sleep((2000 / FOREIGN_RATE) * world.clock.random());
      }
      return codes.filter((code) => code === 'Throttling.User').length / codes.length;
    };
    const [seconds, foreignRefused] = await Promise.all([batch.delete(), foreign()]);
    expectDocumentedRates(world, batch.sent);
    expect(foreignRefused).toBeLessThan(0.1);

    const deletions = batch.sent
      .filter(({ operation }) => operation === 'DeleteDevice')
      .map(({ time }) => time - began);
    const rateIn = (from: number, to: number) =>
      deletions.filter((time) => time >= from * 1000 && time < to * 1000).length / (to - from);
    // 50 − 30 are left.
    expect(rateIn(15, 30)).toBeLessThan(30);
    expect(rateIn(15, 30)).toBeGreaterThan(8);
    expect(rateIn(50, Math.floor(seconds) - 1)).toBeGreaterThan(36);
  });
});
