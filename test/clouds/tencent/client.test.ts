import type { TencentApiVersion } from '../../../lib/batch/contract/cloud-reference';
import type { Cloud } from '../../../lib/batch/ports/cloud';
import { intercept, TransportError } from '../../../lib/clouds/http/transport';
import { undiciTransport } from '../../../lib/clouds/http/undici-transport';
import { answering, names, startBench, type Bench } from './harness';

type FaultRule = Parameters<Bench['running']['emulator']['faults']['add']>[0];

const versions: { apiVersion: TencentApiVersion; inspecting: string; clock: string; keys: string }[] = [
  {
    apiVersion: '3.0',
    inspecting: 'DescribeProduct',
    clock: 'AuthFailure.SignatureExpire',
    keys: 'AuthFailure.SignatureFailure',
  },
  { apiVersion: '2.0', inspecting: 'ListDevices', clock: '4500', keys: '4100' },
];

const passing: [string, FaultRule['fault']][] = [
  ['a connection broken before execution', { kind: 'drop', when: 'before' }],
  ['a lost answer', { kind: 'drop', when: 'after' }],
  ['an answer cut off', { kind: 'cut' }],
  ['a truncated answer', { kind: 'truncated' }],
  ['an answer that is garbage', { kind: 'garbage' }],
  ["a proxy's error page", { kind: 'badGateway' }],
  ['an internal error', { kind: 'businessError', code: 'InternalError' }],
  ['an unavailable service', { kind: 'gatewayError', status: 503, code: 'ServiceUnavailable' }],
  ['throttling', { kind: 'throttle' }],
];

describe.each(versions)('by API $apiVersion', ({ apiVersion, inspecting, clock, keys }) => {
  let bench: Bench;
  let cloud: Cloud;
  beforeEach(async () => {
    bench = await startBench();
    cloud = bench.connect({ reference: { apiVersion } });
  });
  afterEach(() => bench.close());

  const fault = (rule: FaultRule) => bench.running.emulator.faults.add(rule);
  const calls = (operation: string) => bench.running.emulator.journal.calls(operation);
  const connect = (options: Parameters<Bench['connect']>[0] = {}) =>
    bench.connect({ ...options, reference: { apiVersion, ...options.reference } });

  describe('a read', () => {
    test.each(passing)('is repeated after %s', async (_name, kind) => {
      fault({ operation: inspecting, times: 2, fault: kind });
      await cloud.inspect();
      expect(calls(inspecting)).toHaveLength(3);
    });

    test.each(passing)('fails after eight calls if %s does not end', async (_name, kind) => {
      fault({ operation: inspecting, fault: kind });
      await expect(cloud.inspect()).rejects.toMatchObject({
        code: 'CloudCallFailed',
        kind: kind.kind === 'throttle' ? 'throttled' : 'transient',
        details: { operation: inspecting },
      });
      expect(calls(inspecting)).toHaveLength(8);
    });
  });

  describe('the creating call', () => {
    test.each(passing.filter(([, { kind }]) => kind !== 'throttle'))(
      'I3: is not repeated after %s, for it may have been executed',
      async (_name, kind) => {
        fault({ operation: 'CreateMultiDevice', fault: kind });
        await expect(cloud.commit(names(3), undefined)).rejects.toMatchObject({
          kind: 'outcomeUnknown',
          retrySafe: false,
        });
        expect(calls('CreateMultiDevice')).toHaveLength(1);
      },
    );

    test('I3: leaves it to the engine to repeat it after throttling, which did not execute it', async () => {
      fault({ operation: 'CreateMultiDevice', fault: { kind: 'throttle' } });
      await expect(cloud.commit(names(3), undefined)).rejects.toMatchObject({ kind: 'throttled', retrySafe: true });
      expect(calls('CreateMultiDevice')).toHaveLength(1);
    });

    test('I3: says that it may be repeated where no connection came to be, for nothing was sent', async () => {
      const transport = intercept(undiciTransport(), async () => {
        throw new TransportError('NotConnected', 'no', 'connect ECONNREFUSED');
      });
      await expect(connect({ transport }).commit(names(3), undefined)).rejects.toMatchObject({
        kind: 'transient',
        retrySafe: true,
      });
    });

    test('I4: is no success if the answer has no task', async () => {
      const body = apiVersion === '3.0' ? { Response: { RequestId: 'r' } } : { code: 0, message: '', codeDesc: '' };
      const transport = answering({ body });
      await expect(connect({ transport }).commit(names(3), undefined)).rejects.toMatchObject({
        kind: 'outcomeUnknown',
        vendorCode: 'IncompleteAnswer',
      });
      expect(transport.sent).toHaveLength(1);
    });
  });

  test('I10: a thousand deletions at once are never throttled', async () => {
    bench.running.emulator.tencent.seed({
      devices: names(300).map((deviceName) => ({ productId: bench.running.tencent.productId, deviceName })),
    });
    const found = await cloud.lookUp(names(300));
    await Promise.all(found.map((device) => cloud.delete(device)));
    expect(bench.running.emulator.tencent.devices()).toEqual([]);
    const refused = bench.running.emulator.journal.calls().filter(({ code }) => code !== undefined);
    expect(refused).toEqual([]);
  });

  describe('keys', () => {
    const secretOf = (SecretId: string, SecretKey: string, Token?: string) =>
      JSON.stringify({ SecretId, SecretKey, Token });

    test('that are wrong fail at once, with the reason and without a word of the secret', async () => {
      const source = jest.fn(async () => secretOf(bench.running.tencent.secretId, 'not-the-secret'));
      const error = await connect({ credentials: source })
        .inspect()
        .catch((caught: unknown) => caught);
      expect(error).toMatchObject({
        kind: 'credentials',
        vendorCode: keys,
        message: expect.stringMatching(
          /failed: the cloud does not accept the keys – check SecretId and SecretKey/,
        ) as string,
      });
      expect((error as Error).message).not.toContain('not-the-secret');
      expect(source.mock.calls).toEqual([[false], [true]]);
    });

    test('that were rotated are read again, once for all calls', async () => {
      const { secretId, secretKey } = bench.running.tencent;
      const source = jest.fn(async (refresh: boolean) => secretOf(refresh ? secretId : 'AKIDold', secretKey));
      const other = connect({ credentials: source });
      await Promise.all([other.inspect(), other.inspect(), other.observe([], '1')]);
      expect(source.mock.calls).toEqual([[false], [true]]);
    });

    test('that are temporary are renewed when they expire', async () => {
      const { keys: ring } = bench.running.emulator.tencent;
      const expiresAt = bench.clock.now() + 60_000;
      ring.put({ secretId: 'AKIDa', secretKey: 'one', token: 'tok/+=1', expiresAt });
      ring.put({ secretId: 'AKIDb', secretKey: 'two', token: 'tok/+=2' });
      const other = connect({
        credentials: async (refresh) =>
          refresh ? secretOf('AKIDb', 'two', 'tok/+=2') : secretOf('AKIDa', 'one', 'tok/+=1'),
      });
      await other.inspect();
      bench.clock.advance(120_000);
      await other.inspect();
      expect(calls(inspecting).map(({ accessKeyId }) => accessKeyId)).toEqual(['AKIDa', undefined, 'AKIDb']);
    });

    test('that may not do it fail at once and are not read again', async () => {
      const { secretId, secretKey } = bench.running.tencent;
      bench.running.emulator.tencent.keys.put({ secretId, secretKey, denied: ['*'] });
      const source = jest.fn(async () => secretOf(secretId, secretKey));
      await expect(connect({ credentials: source }).inspect()).rejects.toMatchObject({
        kind: 'credentials',
        message: expect.stringContaining('allow the CAM user or role') as string,
      });
      expect(source).toHaveBeenCalledTimes(1);
    });

    test('I7: never appear in an error or a log, whatever the cloud quotes', async () => {
      const token = 'tok/+=secret';
      const quoted = `signed with testsecret ${token} ${encodeURIComponent(token)}`;
      for (const [Code, code] of [
        ['AuthFailure.SignatureFailure', 4100],
        ['InternalError', 6000],
        ['InvalidParameter', 4000],
      ] as const) {
        const body =
          apiVersion === '3.0'
            ? { Response: { Error: { Code, Message: quoted }, RequestId: 'r' } }
            : { code, message: quoted, codeDesc: Code };
        const other = connect({
          transport: answering({ body }),
          credentials: async () => secretOf('testid', 'testsecret', token),
        });
        const error = (await other.inspect().catch((caught: unknown) => caught)) as Error;
        const shown = `${error.message} ${error.stack} ${JSON.stringify(error)} ${bench.log()}`;
        expect(shown).toContain(apiVersion === '3.0' ? Code : String(code));
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
      const codes = apiVersion === '3.0' ? [clock] : ['AuthFailure.SignatureExpire'];
      expect(bench.codes(inspecting)).toEqual([...codes, undefined, undefined]);
      expect(bench.log()).toContain("this machine's clock is wrong");
    });

    test('is corrected for the creating call too, which was not executed', async () => {
      fault({ fault: { kind: 'clockSkew', ms: 3_600_000 } });
      expect(await cloud.commit(names(3), undefined)).toEqual({ jobId: expect.any(String) as string });
    });
  });

  test('I6: nothing begins after the deadline', async () => {
    const late = connect({ until: bench.clock.now() });
    await expect(late.inspect()).rejects.toMatchObject({ kind: 'transient', vendorCode: 'DeadlineReached' });
    await expect(late.commit(names(1), undefined)).rejects.toMatchObject({
      kind: 'transient',
      vendorCode: 'DeadlineReached',
    });
    expect(bench.running.emulator.journal.calls()).toEqual([]);
  });

  describe('an answer', () => {
    const ask = (body: unknown, status?: number) => connect({ transport: answering({ body, status }) }).inspect();

    test.each([['{}'], ['null'], ['[]'], ['"text"'], ['{"Response":null}'], ['{"code":"perhaps"}'], ['']])(
      'like %s says nothing, so it is asked again',
      async (body) => {
        await expect(ask(body)).rejects.toMatchObject({ kind: 'transient', vendorCode: 'UnreadableAnswer' });
      },
    );

    test('that is cut may have been a refusal for the rate, so it is asked again (I8)', async () => {
      const cut = ask('{"Response":{"Error":{"Code":"RequestLimitExceeded","Mess', 400);
      await expect(cut).rejects.toMatchObject({ kind: 'transient', vendorCode: 'UnreadableAnswer' });
    });

    test('of a JSON server that is not the cloud is final', async () => {
      await expect(ask({ message: 'Forbidden' }, 403)).rejects.toMatchObject({ kind: 'permanent' });
    });

    test('of a server that is not the cloud is final', async () => {
      await expect(ask('<html>not here</html>', 404)).rejects.toMatchObject({
        kind: 'permanent',
        message: expect.stringContaining('check the endpoint and any proxy') as string,
      });
    });

    test('I7: is never quoted, for it may hold the secrets of devices', async () => {
      const error = (await ask('{"Response":{"DevicePsk":"s3cr3t"').catch((caught: unknown) => caught)) as Error;
      expect(`${error.message} ${bench.log()}`).not.toContain('s3cr3t');
    });
  });
});

describe('the international site', () => {
  let bench: Bench;
  afterEach(() => bench.close());

  test.each(['NoSuchVersion', 'InvalidAction'] as const)('has no batch operations, and says so by %s', async (code) => {
    bench = await startBench({ tencent: { versions: ['2021-04-08'], assumptions: { unknownVersion: code } } });
    await expect(bench.connect().inspect()).rejects.toMatchObject({
      kind: 'permanent',
      vendorCode: code,
      message: expect.stringContaining('this endpoint has no batch operations') as string,
    });
  });
});
