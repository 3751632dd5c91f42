import type { Cloud, CollectedDevice, RequestTicket } from '../../../lib/batch/ports/cloud';
import { TICKET_LIFE_MS } from '../../../lib/clouds/aliyun/ticket';
import { intercept, TransportError, type HttpRequest } from '../../../lib/clouds/http/transport';
import { undiciTransport } from '../../../lib/clouds/http/undici-transport';
import { json, startBench, type Bench } from './harness';

type FaultRule = Parameters<Bench['running']['emulator']['faults']['add']>[0];

let bench: Bench;
let cloud: Cloud;
let ticket: RequestTicket;
let sent: HttpRequest[];

beforeEach(async () => {
  bench = await startBench();
  sent = [];
  cloud = connect();
  ticket = (await cloud.issueTicket?.()) as RequestTicket;
});
afterEach(() => bench.close());

const connect = (options: Parameters<Bench['connect']>[0] = {}) => {
  const transport = intercept(undiciTransport(), (request, next) => {
    if (request.headers['x-acs-action'] === 'BatchRegisterDevice') sent.push(request);
    return next(request);
  });
  return bench.connect({ transport, ...options });
};
const fault = (kind: FaultRule['fault'], rule: Partial<FaultRule> = {}) =>
  bench.running.emulator.faults.add({ operation: 'BatchRegisterDevice', times: 1, ...rule, fault: kind });
const commit = (count = 3, by = cloud) => (by.commitCount as NonNullable<Cloud['commitCount']>)(count, ticket);
const calls = () => bench.running.emulator.journal.calls('BatchRegisterDevice');
const devices = () => {
  bench.running.emulator.advance(600_000);
  return bench.running.emulator.aliyun.devices();
};

async function jobOf(count: number): Promise<string> {
  const answer = await commit(count);
  if (answer === 'arrived') throw new Error('arrived');
  return answer.jobId;
}

describe('devices whose names the cloud invents', () => {
  test('are created by one call, observed and collected without anyone knowing a name', async () => {
    const jobId = await jobOf(60);
    expect(await cloud.observe([], jobId)).toEqual({ state: 'running' });
    expect(devices()).toHaveLength(60);
    expect(await cloud.observe([], jobId)).toEqual({ state: 'settled', failures: [] });
    const collected: CollectedDevice[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await cloud.collect(jobId, cursor);
      expect(page.total).toBe(60);
      collected.push(...page.devices);
      cursor = page.next;
      if (cursor === undefined) break;
    }
    expect(collected.map(({ name }) => name).sort()).toEqual(
      devices()
        .map(({ deviceName }) => deviceName)
        .sort(),
    );
    for (const { credentials } of collected) expect(credentials.DeviceSecret).toMatch(/./);
  });

  test('that fail in part are named by the job itself', async () => {
    fault({ kind: 'failCreate', count: 1 });
    const jobId = await jobOf(3);
    const created = devices().map(({ deviceName }) => deviceName);
    expect(created).toHaveLength(2);
    const state = await cloud.observe([], jobId);
    expect(state).toMatchObject({ state: 'settled', failures: [{ reason: expect.any(String) as string }] });
    expect((state as { created?: string[] }).created?.sort()).toEqual(created.sort());
  });

  test.each([0, 10_001])('are not asked for where they are %i', async (count) => {
    await expect(commit(count)).rejects.toMatchObject({ kind: 'permanent', vendorCode: 'WrongCount' });
    expect(calls()).toEqual([]);
  });

  test('may be 10,000 in one job', async () => {
    await jobOf(10_000);
    expect(devices()).toHaveLength(10_000);
  });
});

describe.each(['ACS3-HMAC-SHA256', 'HMAC-SHA1'] as const)(
  'I3: the call that registers a number, by %s,',
  (signature) => {
    beforeEach(() => {
      cloud = connect({ reference: { signature } });
    });

    test('has an unknown outcome if its answer is lost; sent again with its ticket it has arrived, and nothing doubles', async () => {
      fault({ kind: 'drop', when: 'after' });
      await expect(commit()).rejects.toMatchObject({ kind: 'outcomeUnknown', retrySafe: false });
      bench.clock.advance(90_000);
      expect(await commit()).toBe('arrived');
      expect(await commit(3, connect({ reference: { signature } }))).toBe('arrived');
      expect(devices()).toHaveLength(3);
    });

    test('is executed by the copy if the first one never arrived', async () => {
      fault({ kind: 'drop', when: 'before' });
      await expect(commit()).rejects.toMatchObject({ kind: 'outcomeUnknown' });
      expect(await commit()).toHaveProperty('jobId');
      expect(devices()).toHaveLength(3);
    });

    test('is byte for byte the same when it is sent again', async () => {
      fault({ kind: 'drop', when: 'before' }, { times: 2 });
      await expect(commit()).rejects.toThrow();
      bench.clock.advance(61_000);
      await expect(commit(3, connect({ reference: { signature } }))).rejects.toThrow();
      const [first, second] = sent.map((request) => ({ ...request, timeoutMs: 0 }));
      expect(second).toEqual(first);
    });

    test('is not sent again once the cloud may have forgotten it: that it is unknown, is all that can be said', async () => {
      fault({ kind: 'drop', when: 'after' });
      await expect(commit()).rejects.toThrow();
      bench.clock.advance(TICKET_LIFE_MS + 1);
      await expect(commit()).rejects.toMatchObject({ kind: 'outcomeUnknown', vendorCode: 'TicketExpired' });
      expect(calls()).toHaveLength(1);
    });

    test('is not sent again by other keys, to which the cloud may not know it', async () => {
      fault({ kind: 'drop', when: 'after' });
      await expect(commit()).rejects.toThrow();
      bench.running.emulator.aliyun.keys.put({ accessKeyId: 'LTAIother', accessKeySecret: 'other' });
      const credentials = async () => JSON.stringify({ AccessKeyId: 'LTAIother', AccessKeySecret: 'other' });
      const rotated = connect({ credentials, reference: { signature } });
      await expect(commit(3, rotated)).rejects.toMatchObject({
        kind: 'outcomeUnknown',
        vendorCode: 'TicketOfOtherKeys',
      });
      expect(devices()).toHaveLength(3);
    });
  },
);

describe('I3: the call that registers a number', () => {
  const uncertain: [string, FaultRule['fault']][] = [
    ['an answer cut off', { kind: 'cut' }],
    ['an answer that is garbage', { kind: 'garbage' }],
    ["a proxy's error page", { kind: 'badGateway' }],
    ['an internal error', { kind: 'gatewayError', status: 500, code: 'InternalError' }],
    ['a system exception', { kind: 'businessError', code: 'iot.system.SystemException' }],
    ['a failure of the batch', { kind: 'businessError', code: 'iot.device.ApplyManyDevicesFailed' }],
  ];

  test.each(uncertain)('is made once after %s, and its outcome is unknown', async (_name, kind) => {
    fault(kind, { times: undefined });
    await expect(commit()).rejects.toMatchObject({ kind: 'outcomeUnknown', retrySafe: false });
    expect(calls()).toHaveLength(1);
  });

  test('leaves it to the engine to repeat it after throttling, which did not execute it', async () => {
    fault({ kind: 'throttle' });
    await expect(commit()).rejects.toMatchObject({ kind: 'throttled', retrySafe: true });
    expect(calls()).toHaveLength(1);
  });

  test('says that it may be repeated where no connection came to be', async () => {
    const transport = intercept(undiciTransport(), async () => {
      throw new TransportError('NotConnected', 'no', 'connect ECONNREFUSED');
    });
    await expect(commit(3, bench.connect({ transport }))).rejects.toMatchObject({ kind: 'transient', retrySafe: true });
  });

  test('is not made with renewed keys, for a copy of it may have been executed with the old ones', async () => {
    const { accessKeyId, accessKeySecret } = bench.running.aliyun;
    bench.running.emulator.aliyun.keys.put({ accessKeyId: 'LTAIother', accessKeySecret: 'other' });
    const source = jest.fn(async (refresh: boolean) =>
      JSON.stringify({
        AccessKeyId: refresh ? 'LTAIother' : accessKeyId,
        AccessKeySecret: refresh ? 'other' : `not-${accessKeySecret}`,
      }),
    );
    await expect(commit(3, connect({ credentials: source }))).rejects.toMatchObject({ kind: 'credentials' });
    expect(source.mock.calls).toEqual([[false]]);
    expect(devices()).toEqual([]);
  });

  test('is refused with its reason where the product has no room', async () => {
    fault({ kind: 'businessError', code: 'iot.device.DeviceCountExceeded' });
    await expect(commit()).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('raise its quota') as string,
    });
  });

  test('is corrected for a wrong clock, and still recognised when it comes again', async () => {
    fault({ kind: 'clockSkew', ms: 1_200_000 }, { operation: undefined, times: undefined });
    expect(await commit()).toHaveProperty('jobId');
    expect(await commit(3, connect())).toBe('arrived');
    expect(devices()).toHaveLength(3);
  });

  test('has an unknown outcome where the cloud refuses its date, for then it does not look at the nonce', async () => {
    const server = await bench.serve(json({ RequestId: 'r', Code: 'InvalidTimeStamp.Expired', Message: 'm' }, 400));
    const other = bench.connect({ reference: { endpoint: server.url } });
    await expect(commit(3, other)).rejects.toMatchObject({
      kind: 'outcomeUnknown',
      vendorCode: 'InvalidTimeStamp.Expired',
    });
  });

  test('is no success without a job id', async () => {
    const server = await bench.serve(json('{"RequestId":"r","Success":true,"Data":{}}'));
    const other = bench.connect({ reference: { endpoint: server.url } });
    await expect(commit(3, other)).rejects.toMatchObject({ kind: 'outcomeUnknown', vendorCode: 'IncompleteAnswer' });
  });
});

describe('a ticket', () => {
  test('is new each time, and shows no key', async () => {
    const another = await cloud.issueTicket?.();
    expect(another?.nonce).not.toBe(ticket.nonce);
    expect(JSON.stringify(ticket)).not.toContain(bench.running.aliyun.accessKeyId);
    expect(Math.abs(bench.clock.now() - ticket.at)).toBeLessThan(1_000);
  });

  test('has expired keys renewed before the call that must not be made with others than it', async () => {
    const { accessKeyId, accessKeySecret } = bench.running.aliyun;
    const source = jest.fn(async (refresh: boolean) =>
      JSON.stringify({ AccessKeyId: refresh ? accessKeyId : 'LTAIold', AccessKeySecret: accessKeySecret }),
    );
    cloud = connect({ credentials: source });
    ticket = (await cloud.issueTicket?.()) as RequestTicket;
    expect(await commit()).toHaveProperty('jobId');
  });

  test('that is not bound to keys is taken as it is', async () => {
    ticket = { nonce: 'any-nonce', at: bench.clock.now() };
    expect(await commit()).toHaveProperty('jobId');
    expect(await commit()).toBe('arrived');
  });
});
