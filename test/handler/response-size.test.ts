import { answerOf } from '../../handler/answer';
import { batchIdOf } from '../../handler/batch-id';
import { MAX_REASON_BYTES, reasonOf } from '../../handler/request-failed';
import type { Handler } from '../../handler/handler';
import type { Generation } from '../../lib/batch/record/head';
import { saveNames } from '../../lib/batch/record/names';
import { LambdaService } from '../support/lambda-service';
import { MemoryStore } from '../support/memory-store';
import { ProviderFramework } from '../support/provider-framework';
import { VirtualClock } from '../support/virtual-clock';

/** The longest that AWS allows: a stack's name 128, a logical id 255, a bucket's name 63, the longest partition and region. */
const event = {
  RequestType: 'Create' as const,
  RequestId: 'f'.repeat(36),
  StackId: `arn:aws-us-gov:cloudformation:ap-southeast-99:123456789012:stack/${'s'.repeat(128)}/${'f'.repeat(36)}`,
  LogicalResourceId: 'L'.repeat(255),
};
const batchId = batchIdOf(event);
const generationId = `${batchId}-${'f'.repeat(46)}`;

const store = new MemoryStore();

function generation(jobIds: string[]): Generation {
  const names = { count: 1_000_000, chunks: [], set: '' };
  return { id: generationId, kind: 'listed', names, jobIds } as unknown as Generation;
}

/** A generation whose names only the cloud knew. */
async function nameless(count: number, jobIds: string[] = []): Promise<Generation> {
  const names = await saveNames(
    store,
    Array.from({ length: count }, (_, i) => String(i).padStart(32, 'n')),
  );
  return { ...generation(jobIds), kind: 'assigned', names };
}

function answer(batch: Generation, bucket = 'b', namesWanted = false) {
  return answerOf(batch, { store, batchId, bucket, namesWanted });
}

/** Sends the handler's answer through the framework and returns how many bytes CloudFormation gets. */
async function bytesOf(isComplete: Handler['isComplete']): Promise<number> {
  const onEvent = async () => ({ PhysicalResourceId: generationId, Accepted: { at: 0, deadline: 0 } });
  const clock = new VirtualClock();
  const lambda = new LambdaService(() => ({ onEvent, isComplete }), clock);
  const framework = new ProviderFramework(lambda, clock);
  await framework.deliver(event);
  return Buffer.byteLength(framework.responses[0] ?? '');
}

describe('a response to CloudFormation has at most 4,096 bytes (I9)', () => {
  it.each([0, 1, 100, 277, 278, 10_000])('with %i job ids', async (count) => {
    const ids = Array.from({ length: count }, (_, i) => String(10_000_000 + i));
    const Data = await answer(generation(ids), 'b'.repeat(63));
    expect(await bytesOf(async () => ({ IsComplete: true, Data }))).toBeLessThanOrEqual(4_096);
  });

  it.each([144, 145, 1_000])("with %i job ids of Tencent's", async (count) => {
    const ids = Array.from({ length: count }, (_, i) => String(i).padStart(16, 'k'));
    const Data = await answer(generation(ids), 'b'.repeat(63));
    expect(await bytesOf(async () => ({ IsComplete: true, Data }))).toBeLessThanOrEqual(4_096);
  });

  it.each([1, 60, 61, 10_000])('with the names of %i devices and 10,000 job ids', async (count) => {
    const batch = await nameless(count, Array<string>(10_000).fill('10000000'));
    const Data = await answer(batch, 'b'.repeat(63));
    expect(await bytesOf(async () => ({ IsComplete: true, Data }))).toBeLessThanOrEqual(4_096);
    expect(Data.DeviceNames === '').toBe(count > 60);
  });

  it.each([
    ['plain text', 'light-017 (name exists), '],
    ['quotes', '"'],
    ['control characters', '\u0001'],
    ['Chinese', '设备名称已存在，'],
    ['emoji', '💡'],
    ['halves of emoji', '\ud83d'],
    ['backslashes', '\\'],
  ])('with a reason of endless %s', async (_what, text) => {
    const line = reasonOf({ code: 'DevicesNotRegistered', message: text.repeat(5_000) });
    const error = Object.assign(new Error(line), { stack: line });
    expect(await bytesOf(() => Promise.reject(error))).toBeLessThanOrEqual(4_096);
    expect(Buffer.byteLength(JSON.stringify(line))).toBeLessThanOrEqual(MAX_REASON_BYTES);
  });
});

describe('job ids', () => {
  it('are joined with commas', async () => {
    expect((await answer(generation(['1', '2']))).JobIds).toBe('1,2');
  });

  it('are left out altogether when they do not fit, and the attribute is still there', async () => {
    expect((await answer(generation(Array<string>(1_000).fill('10000000')))).JobIds).toBe('');
  });

  it('that are unknown give an empty text', async () => {
    const none = { ...generation([]), jobIds: undefined };
    expect((await answer(none)).JobIds).toBe('');
  });
});

describe('names that only the cloud knew', () => {
  it('are joined with commas', async () => {
    const names = (await answer(await nameless(2))).DeviceNames;
    expect(names).toBe(['0', '1'].map((name) => name.padStart(32, 'n')).join(','));
  });

  it('fail the deployment where something uses them and they do not fit', async () => {
    const batch = await nameless(61);
    expect((await answer(batch)).DeviceNames).toBe('');
    await expect(answer(batch, 'b', true)).rejects.toMatchObject({ code: 'NamesTooLong' });
  });

  it('are not repeated where the template knows them', async () => {
    expect((await answer(generation([]))).DeviceNames).toBe('');
  });
});

describe('ids', () => {
  it('of a batch are short, the same for each event, and differ by stack and resource', () => {
    expect(batchId).toMatch(/^b[0-9a-f]{16}$/);
    const later = { ...event, RequestId: 'other' };
    expect(batchIdOf(later)).toBe(batchId);
    expect(batchIdOf({ ...event, StackId: 'other' })).not.toBe(batchId);
    expect(batchIdOf({ ...event, LogicalResourceId: 'other' })).not.toBe(batchId);
  });
});
