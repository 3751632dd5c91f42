import type { Cloud } from '../../../lib/batch/ports/cloud';
import { intercept, TransportError } from '../../../lib/clouds/http/transport';
import { undiciTransport } from '../../../lib/clouds/http/undici-transport';
import { json, names, startBench, type Bench } from './harness';

type FaultRule = Parameters<Bench['running']['emulator']['faults']['add']>[0];

let bench: Bench;
let cloud: Cloud;

beforeEach(async () => {
  bench = await startBench();
  cloud = bench.connect();
});
afterEach(() => bench.close());

const fault = (rule: FaultRule) => bench.running.emulator.faults.add(rule);
const calls = (operation: string) => bench.running.emulator.journal.calls(operation);
const devices = () => bench.running.emulator.aliyun.devices();

async function checkedJob(list = names(3)): Promise<string> {
  const { jobId = '' } = await cloud.open(list);
  bench.running.emulator.advance(60_000);
  return jobId;
}

const passing: [string, FaultRule['fault']][] = [
  ['a connection broken before execution', { kind: 'drop', when: 'before' }],
  ['a lost answer', { kind: 'drop', when: 'after' }],
  ['an answer cut off', { kind: 'cut' }],
  ['a truncated answer', { kind: 'truncated' }],
  ['an answer that is garbage', { kind: 'garbage' }],
  ["a proxy's error page", { kind: 'badGateway' }],
  ['an internal error', { kind: 'gatewayError', status: 500, code: 'InternalError' }],
  ['an unavailable service', { kind: 'gatewayError', status: 503, code: 'ServiceUnavailable' }],
  ['a system exception', { kind: 'businessError', code: 'iot.system.SystemException' }],
  ['a failure without a code', { kind: 'businessError', code: '' }],
  ['throttling', { kind: 'throttle' }],
  ['a nonce that was seen', { kind: 'gatewayError', status: 400, code: 'SignatureNonceUsed' }],
];

describe('a read', () => {
  test.each(passing)('is repeated after %s', async (_name, kind) => {
    fault({ operation: 'QueryProduct', times: 2, fault: kind });
    expect(await cloud.inspect()).toEqual({ devices: 0 });
    expect(calls('QueryProduct')).toHaveLength(3);
  });

  test.each(passing)('fails after eight calls if %s does not end', async (_name, kind) => {
    fault({ operation: 'QueryProduct', fault: kind });
    await expect(cloud.inspect()).rejects.toMatchObject({
      name: 'BatchError',
      code: 'CloudCallFailed',
      kind: kind.kind === 'throttle' ? 'throttled' : 'transient',
      details: { operation: 'QueryProduct' },
    });
    expect(calls('QueryProduct')).toHaveLength(8);
  });

  test('never takes the check for executed twice: a lost answer leaves an orphan that nobody registers', async () => {
    fault({ operation: 'BatchCheckDeviceNames', times: 1, fault: { kind: 'drop', when: 'after' } });
    const list = names(2);
    const jobId = await checkedJob(list);
    await cloud.commit(list, jobId);
    bench.running.emulator.advance(600_000);
    expect(devices()).toHaveLength(2);
  });
});

describe('the registering call', () => {
  test.each(passing.filter(([, { kind }]) => kind !== 'throttle'))(
    'I3: is not repeated after %s, for it may have been executed',
    async (_name, kind) => {
      const jobId = await checkedJob();
      fault({ operation: 'BatchRegisterDeviceWithApplyId', fault: kind });
      await expect(cloud.commit(names(3), jobId)).rejects.toMatchObject({ kind: 'outcomeUnknown', retrySafe: false });
      expect(calls('BatchRegisterDeviceWithApplyId')).toHaveLength(1);
    },
  );

  test('I3: leaves it to the engine to repeat it after throttling, which did not execute it', async () => {
    const jobId = await checkedJob();
    fault({ operation: 'BatchRegisterDeviceWithApplyId', fault: { kind: 'throttle', code: 'Throttling.Api' } });
    await expect(cloud.commit(names(3), jobId)).rejects.toMatchObject({ kind: 'throttled', retrySafe: true });
    expect(calls('BatchRegisterDeviceWithApplyId')).toHaveLength(1);
  });

  test('I3: says that it may be repeated where no connection came to be, for nothing was sent', async () => {
    const transport = intercept(undiciTransport(), async (request, next) => {
      const registers = request.headers['x-acs-action'] === 'BatchRegisterDeviceWithApplyId';
      if (registers) throw new TransportError('NotConnected', 'no', 'connect ECONNREFUSED');
      return next(request);
    });
    cloud = bench.connect({ transport });
    const jobId = await checkedJob();
    await expect(cloud.commit(names(3), jobId)).rejects.toMatchObject({ kind: 'transient', retrySafe: true });
    expect(calls('BatchRegisterDeviceWithApplyId')).toHaveLength(0);
  });

  test('I3: has an unknown outcome where the cloud says that the job runs already', async () => {
    const { jobId } = await cloud.open(names(3));
    await expect(cloud.commit(names(3), jobId)).rejects.toMatchObject({
      kind: 'outcomeUnknown',
      vendorCode: 'iot.device.CreateDeviceTaskIsRunning',
    });
  });

  test.each([
    ['another job', '{"RequestId":"r","Success":true,"Data":{"ApplyId":1295007}}', 'OtherApplyId'],
    ['no job', '{"RequestId":"r","Success":true}', 'IncompleteAnswer'],
  ])('I4: is no success if the answer is for %s', async (_name, body, vendorCode) => {
    const server = await bench.serve(json(body));
    const other = bench.connect({ reference: { endpoint: server.url } });
    await expect(other.commit(names(3), '1295006')).rejects.toMatchObject({ kind: 'outcomeUnknown', vendorCode });
    expect(server.requests).toHaveLength(1);
  });

  test('keeps ids that a double cannot hold', async () => {
    const server = await bench.serve(json('{"RequestId":"r","Success":true,"Data":{"ApplyId":9223372036854775807}}'));
    const other = bench.connect({ reference: { endpoint: server.url } });
    expect(await other.open(names(3))).toEqual({ jobId: '9223372036854775807' });
    expect(await other.commit(names(3), '9223372036854775807')).toEqual({ jobId: '9223372036854775807' });
  });
});

describe('I10: throttling', () => {
  test("is answered by waiting for as long as the cloud's hint says", async () => {
    fault({ operation: 'QueryProduct', times: 1, fault: { kind: 'throttle', retryAfterMs: 7_000 } });
    const before = bench.clock.now();
    await cloud.inspect();
    expect(bench.clock.now() - before).toBeGreaterThanOrEqual(7_000);
    expect(bench.clock.now() - before).toBeLessThan(8_000);
  });

  test('halves the pace of that operation, and success wins it back', async () => {
    const sentAt: number[] = [];
    const transport = intercept(undiciTransport(), (request, next) => {
      sentAt.push(bench.clock.now());
      return next(request);
    });
    cloud = bench.connect({ transport });
    const gone = (count: number) =>
      Promise.all(names(count).map((name) => cloud.delete({ name, identity: `no-${name}` })));
    const lastGap = (): number => (sentAt.at(-1) ?? 0) - (sentAt.at(-2) ?? 0);
    await gone(30);
    expect(lastGap()).toBe(25);
    fault({ operation: 'DeleteDevice', times: 1, fault: { kind: 'throttle' } });
    await gone(1);
    await gone(30);
    expect(lastGap()).toBeGreaterThan(40);
    for (let second = 0; second < 20; second += 1) {
      bench.clock.advance(1_000);
      await gone(1);
    }
    await gone(30);
    expect(lastGap()).toBe(25);
  });

  test('is not met at all by a thousand deletions at once', async () => {
    const list = names(1_000);
    const jobId = await checkedJob(list);
    await cloud.commit(list, jobId);
    bench.running.emulator.advance(600_000);
    const before = bench.clock.now();
    await Promise.all(devices().map(({ deviceName, iotId }) => cloud.delete({ name: deviceName, identity: iotId })));
    expect(devices()).toEqual([]);
    expect(calls('DeleteDevice').filter((call) => call.code !== undefined)).toEqual([]);
    expect(bench.clock.now() - before).toBeGreaterThan((1_000 / 50) * 1_000);
  });
});

describe('keys', () => {
  const secretOf = (accessKeyId: string, accessKeySecret: string, securityToken?: string) =>
    JSON.stringify({ AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret, SecurityToken: securityToken });

  test('that are wrong fail at once, with the reason and without a word of the secret', async () => {
    const source = jest.fn(async () => secretOf(bench.running.aliyun.accessKeyId, 'not-the-secret'));
    const error = await bench
      .connect({ credentials: source })
      .inspect()
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      kind: 'credentials',
      vendorCode: 'SignatureDoesNotMatch',
      message: expect.stringMatching(
        /^QueryProduct failed: the cloud does not accept the keys – check the AccessKey id and secret/,
      ) as string,
    });
    expect((error as Error).message).not.toContain('not-the-secret');
    expect(source.mock.calls).toEqual([[false], [true]]);
    expect(calls('QueryProduct')).toHaveLength(1);
  });

  test('that were rotated are read again, once for all calls', async () => {
    const { accessKeyId, accessKeySecret } = bench.running.aliyun;
    const source = jest.fn(async (refresh: boolean) => secretOf(refresh ? accessKeyId : 'LTAIold', accessKeySecret));
    cloud = bench.connect({ credentials: source });
    await Promise.all([cloud.inspect(), cloud.inspect(), cloud.observe([], '1').catch(() => undefined)]);
    expect(source.mock.calls).toEqual([[false], [true]]);
  });

  test('that are temporary are renewed when they expire', async () => {
    const { keys } = bench.running.emulator.aliyun;
    keys.put({
      accessKeyId: 'STS.a',
      accessKeySecret: 'one',
      securityToken: 'tok/+=1',
      expiresAt: bench.clock.now() + 60_000,
    });
    keys.put({ accessKeyId: 'STS.b', accessKeySecret: 'two', securityToken: 'tok/+=2' });
    const source = jest.fn(async (refresh: boolean) =>
      refresh ? secretOf('STS.b', 'two', 'tok/+=2') : secretOf('STS.a', 'one', 'tok/+=1'),
    );
    cloud = bench.connect({ credentials: source });
    await cloud.inspect();
    bench.clock.advance(120_000);
    await cloud.inspect();
    expect(calls('QueryProduct').map((call) => [call.accessKeyId ?? '', call.code])).toEqual([
      ['STS.a', undefined],
      ['', 'InvalidSecurityToken.Expired'],
      ['STS.b', undefined],
    ]);
  });

  test('that may not do it fail at once and are not read again', async () => {
    const { accessKeyId, accessKeySecret } = bench.running.aliyun;
    bench.running.emulator.aliyun.keys.put({ accessKeyId, accessKeySecret, denied: ['QueryProduct'] });
    const source = jest.fn(async () => secretOf(accessKeyId, accessKeySecret));
    await expect(bench.connect({ credentials: source }).inspect()).rejects.toMatchObject({
      kind: 'credentials',
      vendorCode: 'NoPermission',
    });
    expect(source).toHaveBeenCalledTimes(1);
    expect(calls('QueryProduct')).toHaveLength(1);
  });

  test('that cannot be read fail before anything is sent', async () => {
    const source = async () => Promise.reject(new Error('AccessDeniedException: not authorized'));
    await expect(bench.connect({ credentials: source }).inspect()).rejects.toMatchObject({
      kind: 'credentials',
      vendorCode: 'CredentialsUnreadable',
      message: expect.stringContaining('AccessDeniedException') as string,
    });
    expect(bench.operations()).toEqual([]);
  });

  test('I7: never appear in an error or a log, whatever the cloud quotes', async () => {
    const token = 'tok/+=secret';
    const quoted = `server string to sign: x-acs-security-token:${token} ${encodeURIComponent(encodeURIComponent(token))} testsecret`;
    for (const Code of ['SignatureDoesNotMatch', 'InternalError', 'InvalidParameter']) {
      const server = await bench.serve(json({ RequestId: 'r', Code, Message: quoted }, 400));
      const other = bench.connect({
        reference: { endpoint: server.url },
        credentials: async () => secretOf('testid', 'testsecret', token),
      });
      const error = (await other.inspect().catch((caught: unknown) => caught)) as Error;
      const shown = `${error.message} ${error.stack} ${JSON.stringify(error)} ${bench.log()}`;
      expect(shown).toContain(Code);
      for (const secret of ['testsecret', token, encodeURIComponent(token)]) expect(shown).not.toContain(secret);
    }
  });
});

describe('the clock of this machine', () => {
  test.each([
    ['behind', 3_600_000],
    ['ahead', -3_600_000],
  ])('may be an hour %s: it is corrected once, by the date of the answer', async (_name, ms) => {
    fault({ fault: { kind: 'clockSkew', ms } });
    await cloud.inspect();
    await cloud.inspect();
    expect(calls('QueryProduct').map((call) => call.code)).toEqual(['InvalidTimeStamp.Expired', undefined, undefined]);
    expect(bench.log()).toContain("this machine's clock is wrong");
  });

  test('I8: is corrected once more where the next one to answer has another clock', async () => {
    fault({ fault: { kind: 'clockSkew', ms: 3_600_000 }, times: 1 });
    await cloud.inspect();
    const expired = 'InvalidTimeStamp.Expired';
    expect(calls('QueryProduct').map((call) => call.code)).toEqual([expired, expired, undefined]);
  });

  test('that cannot be corrected is a clear error', async () => {
    fault({ fault: { kind: 'gatewayError', status: 400, code: 'InvalidTimeStamp.Expired' } });
    await expect(cloud.inspect()).rejects.toMatchObject({ kind: 'permanent', vendorCode: 'InvalidTimeStamp.Expired' });
    expect(calls('QueryProduct')).toHaveLength(2);
  });

  test('is corrected for the registering call too, which was not executed', async () => {
    const jobId = await checkedJob();
    fault({ fault: { kind: 'clockSkew', ms: 3_600_000 } });
    expect(await cloud.commit(names(3), jobId)).toEqual({ jobId });
  });
});

describe('I6: the deadline', () => {
  test('ends repetition', async () => {
    cloud = bench.connect({ until: bench.clock.now() + 2_000 });
    fault({ fault: { kind: 'badGateway' } });
    await expect(cloud.inspect()).rejects.toMatchObject({ kind: 'transient' });
    expect(calls('QueryProduct').length).toBeLessThan(8);
  });

  test('lets nothing begin after it', async () => {
    cloud = bench.connect({ until: bench.clock.now() });
    await expect(cloud.inspect()).rejects.toMatchObject({ kind: 'transient', vendorCode: 'DeadlineReached' });
    await expect(cloud.commit(names(1), '1')).rejects.toMatchObject({
      kind: 'transient',
      vendorCode: 'DeadlineReached',
    });
    expect(bench.operations()).toEqual([]);
  });

  test('cuts a request that runs into it', async () => {
    const server = await bench.serve(() => undefined);
    cloud = bench.connect({ reference: { endpoint: server.url }, until: bench.clock.now() + 50 });
    await expect(cloud.commit(names(1), '1')).rejects.toMatchObject({ kind: 'outcomeUnknown', vendorCode: 'Timeout' });
  });

  test('closing ends calls that wait, and refuses new ones', async () => {
    const server = await bench.serve(() => undefined);
    cloud = bench.connect({ reference: { endpoint: server.url } });
    const waiting = cloud.inspect().catch((error: unknown) => error);
    await server.asked;
    await cloud.close();
    expect(await waiting).toMatchObject({ kind: 'transient', vendorCode: 'Closed' });
    await expect(cloud.inspect()).rejects.toMatchObject({ vendorCode: 'Closed' });
  });
});

describe('an answer', () => {
  const ask = async (body: unknown, status?: number) => {
    const server = await bench.serve(json(body, status));
    return await bench.connect({ reference: { endpoint: server.url } }).inspect();
  };

  test('is judged by Success and Code, not by its status', async () => {
    const failure = { RequestId: 'r', Success: false, Code: 'iot.prod.NotExistedProduct', ErrorMessage: '产品不存在' };
    for (const status of [200, 400, 500]) {
      await expect(ask(failure, status)).rejects.toMatchObject({
        kind: 'permanent',
        vendorCode: 'iot.prod.NotExistedProduct',
      });
    }
    expect(await ask({ RequestId: 'r', Success: true, Code: '', Data: { DeviceCount: '7', Unknown: [] } })).toEqual({
      devices: 7,
    });
  });

  test('that lacks a member is an error that names it', async () => {
    await expect(ask({ RequestId: '57B1', Success: true })).rejects.toMatchObject({
      kind: 'permanent',
      vendorCode: 'IncompleteAnswer',
      message: expect.stringMatching(
        /^QueryProduct failed: the answer lacks Data, .* \[IncompleteAnswer, Alibaba request 57B1\]$/,
      ) as string,
    });
  });

  test.each([['{}'], ['null'], ['[]'], ['"text"'], ['{"RequestId":"r"}'], ['{"Success":"perhaps"}'], ['']])(
    'like %s says nothing, so it is asked again',
    async (body) => {
      await expect(ask(body)).rejects.toMatchObject({ kind: 'transient', vendorCode: 'UnreadableAnswer' });
    },
  );

  test.each([
    '{"RequestId":"57B1","Code":"Throttling.User","Mess',
    '<?xml version="1.0" encoding="UTF-8"?><Error><RequestId>57B1</RequestId><Code>Throttl',
  ])('that is cut may have been a refusal for the rate, so it is asked again (I8): %s', async (body) => {
    await expect(ask(body, 400)).rejects.toMatchObject({ kind: 'transient', vendorCode: 'UnreadableAnswer' });
  });

  test('of a server that is not the cloud is final', async () => {
    await expect(ask('<html>not here</html>', 404)).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('check the endpoint and any proxy') as string,
    });
  });

  test('I7: is never quoted, for it may hold the secrets of devices', async () => {
    const error = (await ask('{"Success":true,"Data":{"DeviceSecret":"s3cr3t"').catch(
      (caught: unknown) => caught,
    )) as Error;
    expect(`${error.message} ${bench.log()}`).not.toContain('s3cr3t');
  });
});
