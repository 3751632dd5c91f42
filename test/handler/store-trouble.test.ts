import { accessDenied, awsError, connectionReset, slowDown } from '../support/aws-errors';
import { HandlerWorld } from '../support/handler-world';
import { MemoryStore } from '../support/memory-store';
import { TroubledStore } from '../support/troubled-store';
import { lights } from '../support/world';

let world: HandlerWorld;
let memory: MemoryStore;
let store: TroubledStore;
beforeEach(async () => {
  memory = new MemoryStore();
  store = new TroubledStore(memory);
  world = await HandlerWorld.start({}, { store });
});
afterEach(() => world.close());

/** Fails every call from now on for so many virtual seconds, from the `after`th call on. */
function failFor(seconds: number, error: () => Error, after = 0): void {
  let calls = 0;
  let end: number | undefined;
  store.trouble = () => {
    if (calls++ < after) return undefined;
    end ??= world.clock.now() + seconds * 1000;
    return world.clock.now() < end ? { error: error() } : undefined;
  };
}

describe('a store in trouble is not a failed batch (I8)', () => {
  it.each([
    ['throttles', slowDown],
    ['cannot be reached', connectionReset],
    ['has a time-out', () => Object.assign(new Error('timed out'), { name: 'TimeoutError' })],
  ])('when it %s for minutes while the batch is worked on', async (_what, error) => {
    failFor(400, error, 12);
    expect((await world.create()).Status).toBe('SUCCESS');
    expect(world.devices()).toEqual(lights(3));
    expect(world.calls('BatchRegisterDeviceWithApplyId')).toHaveLength(1);
  });

  it('when it denies a role that was created a moment ago', async () => {
    failFor(40, accessDenied);
    expect((await world.create()).Status).toBe('SUCCESS');
  });

  it('when it denies the second function for two minutes after the first could already write', async () => {
    const event = world.event('Create');
    const invocation = { getRemainingTimeInMillis: () => 60_000 };
    const answer = await world.handler.onEvent(event, invocation);
    failFor(100, accessDenied);
    const working = { getRemainingTimeInMillis: () => 300_000 };
    expect(await world.handler.isComplete({ ...event, ...answer }, working)).toMatchObject({ IsComplete: true });
  });

  it('when a write’s answer is lost', async () => {
    let lost = 0;
    store.trouble = (call) =>
      call.startsWith('put') && lost++ % 2 === 0 ? { error: connectionReset(), executed: true } : undefined;
    expect((await world.create()).Status).toBe('SUCCESS');
    expect(world.calls('BatchRegisterDeviceWithApplyId')).toHaveLength(1);
  });

  it('but when access is denied for longer than a grant takes, it fails and says what is missing', async () => {
    const { PhysicalResourceId: id } = await world.create();
    let calls = 0;
    store.trouble = () => (calls++ > 8 ? { error: accessDenied() } : undefined);
    const began = world.clock.now();
    const response = await world.delete(id);
    expect(response).toMatchObject({ Status: 'FAILED', PhysicalResourceId: id });
    expect(response.Reason).toMatch(
      /may not reach its records in bucket the-store-of-the-stack .*s3:GetObject.*\[StoreDenied\]/,
    );
    expect(world.clock.now() - began).toBeLessThan(200_000);
    // What it was at is still known.
    store.trouble = () => undefined;
    world.clock.advance(600_000);
    expect((await world.delete(id)).Status).toBe('SUCCESS');
    expect(world.devices()).toEqual([]);
  });

  it('but when it stays away for good, CloudFormation hears of it soon after the deadline (I6)', async () => {
    const { PhysicalResourceId: id } = await world.create();
    let calls = 0;
    store.trouble = () => (calls++ > 8 ? { error: slowDown() } : undefined);
    const began = world.clock.now();
    const response = await world.delete(id, { timeoutSeconds: 600 });
    expect(response).toMatchObject({ Status: 'FAILED', PhysicalResourceId: id });
    expect(response.Reason).toMatch(/could not be reached .*\[StoreUnavailable\]/);
    expect(world.clock.now() - began).toBeGreaterThan(600_000);
    expect(world.clock.now() - began).toBeLessThan(600_000 + 300_000);
  });

  it('but when its bucket is gone, that is said', async () => {
    const { PhysicalResourceId: id } = await world.create();
    store.trouble = () => ({ error: awsError('NoSuchBucket', 404) });
    expect((await world.delete(id)).Reason).toMatch(/the bucket the-store-of-the-stack .*\[StoreMissing\]/);
  });

  it('but when the handler itself is wrong, it fails without waiting', async () => {
    let calls = 0;
    store.trouble = () => (calls++ > 8 ? { error: new TypeError('x is not a function') } : undefined);
    const response = await world.create();
    expect(response.Reason).toMatch(/TypeError: x is not a function.*\[Unexpected\]/);
    expect(world.log.join('\n')).toContain('store-trouble.test');
  });
});

describe('a Create that could not be recorded', () => {
  it('because access is denied fails, and its Delete touches nothing', async () => {
    store.trouble = () => ({ error: accessDenied() });
    const response = await world.create();
    expect(response.Reason).toMatch(/\[StoreDenied\]/);
    expect((await world.delete(response.PhysicalResourceId)).Status).toBe('SUCCESS');
    expect(memory.objects.size).toBe(0);
  });

  it('or perhaps could, because the answer was lost, keeps an id, so that its Delete clears the record (I5, I11)', async () => {
    let written = false;
    store.trouble = (call) => {
      if (written) return { error: connectionReset() };
      written = call.startsWith('put heads/');
      return written ? { error: connectionReset(), executed: true } : undefined;
    };
    const response = await world.create();
    expect(response).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('[StoreUnavailable]') as string,
    });
    const heads = () => [...memory.objects.keys()].filter((key) => key.startsWith('heads/'));
    const phases = () =>
      (JSON.parse(memory.text(heads()[0] ?? '') ?? '{}') as { generations: { phase: string }[] }).generations.map(
        ({ phase }) => phase,
      );
    expect(phases()).toEqual(['rising']);

    store.trouble = () => undefined;
    expect((await world.delete(response.PhysicalResourceId)).Status).toBe('SUCCESS');
    expect(phases()).toEqual(['gone']);
    expect(world.devices()).toEqual([]);
  });

  it.each([
    ['was not recorded', false],
    ['was recorded', true],
  ])('%s, although its answer says neither: its Delete leaves what was created since (I1)', async (_what, executed) => {
    let failing = false;
    store.trouble = (call) => {
      failing ||= call.startsWith('put heads/');
      return failing ? { error: connectionReset(), executed } : undefined;
    };
    const first = await world.create();
    expect(first.Status).toBe('FAILED');
    // Without a roll-back: created anew, and only then is what failed deleted.
    store.trouble = () => undefined;
    const second = await world.create();
    expect(second.Status).toBe('SUCCESS');
    expect((await world.delete(first.PhysicalResourceId)).Status).toBe('SUCCESS');
    expect(world.devices()).toEqual(lights(3));
    expect((await world.delete(second.PhysicalResourceId)).Status).toBe('SUCCESS');
    expect(world.devices()).toEqual([]);
  });
});
