import type { AliyunSignature } from '../../../lib/batch/contract/cloud-reference';
import type { Cloud } from '../../../lib/batch/ports/cloud';
import { intercept, type HttpRequest } from '../../../lib/clouds/http/transport';
import { undiciTransport } from '../../../lib/clouds/http/undici-transport';
import { names, startBench, type Bench } from './harness';

let bench: Bench;
afterEach(() => bench.close());

/** A connection, and every request that it makes. */
async function connect(
  signature: AliyunSignature | undefined,
  options: Parameters<Bench['connect']>[0] = {},
): Promise<{ cloud: Cloud; sent: HttpRequest[] }> {
  const sent: HttpRequest[] = [];
  const transport = intercept(undiciTransport(), (request, next) => {
    sent.push(request);
    return next(request);
  });
  return { cloud: bench.connect({ ...options, transport, reference: { signature, ...options.reference } }), sent };
}

const secretOf = (accessKeyId: string, accessKeySecret: string, SecurityToken?: string) =>
  JSON.stringify({ AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret, SecurityToken });

describe('a connection', () => {
  test('signs by ACS3 unless told otherwise', async () => {
    bench = await startBench();
    const { cloud, sent } = await connect(undefined);
    await cloud.inspect();
    expect(sent[0]?.headers.authorization).toMatch(/^ACS3-HMAC-SHA256 /);
  });
});

describe.each<AliyunSignature>(['ACS3-HMAC-SHA256', 'HMAC-SHA1'])('calls signed by %s', (signature) => {
  test('take a batch from its check to its deletion', async () => {
    bench = await startBench();
    const { cloud, sent } = await connect(signature);
    const list = names(60, 'a@b:c.');
    expect(await cloud.inspect()).toEqual({ devices: 0 });
    await cloud.proveDeletable('nobody-has-this-name');
    const { jobId = '' } = await cloud.open(list);
    bench.running.emulator.advance(60_000);
    expect(await cloud.observe(list, jobId)).toEqual({ state: 'checked' });
    await cloud.commit(list, jobId);
    bench.running.emulator.advance(600_000);
    expect(await cloud.observe(list, jobId)).toEqual({ state: 'settled', failures: [] });
    const { devices } = await cloud.collect(jobId, '2');
    expect(devices).toHaveLength(10);
    const found = await cloud.lookUp(list);
    expect(found).toHaveLength(60);
    for (const device of found) expect(await cloud.delete(device)).toBe('deleted');
    expect(bench.running.emulator.aliyun.devices()).toEqual([]);
    expect(new Set(sent.map(({ method }) => method))).toEqual(new Set(['POST']));
    // 10,000 of them would burst it.
    const check = sent.find(({ headers }) => headers['x-acs-action'] === 'BatchCheckDeviceNames');
    expect(check?.url).not.toContain('DeviceName');
  });

  test('take 10,000 names', async () => {
    bench = await startBench();
    const { cloud } = await connect(signature);
    const list = names(10_000, 'n-');
    const { jobId = '' } = await cloud.open(list);
    bench.running.emulator.advance(60_000);
    expect(await cloud.observe(list, jobId)).toEqual({ state: 'checked' });
  });

  test('carry temporary keys, and never in the URL', async () => {
    bench = await startBench();
    const securityToken = 'tok/+=*';
    bench.running.emulator.aliyun.keys.put({ accessKeyId: 'STS.a', accessKeySecret: 'one', securityToken });
    const { cloud, sent } = await connect(signature, {
      credentials: async () => secretOf('STS.a', 'one', securityToken),
    });
    await cloud.inspect();
    expect(bench.running.emulator.journal.calls().map((call) => call.accessKeyId)).toEqual(['STS.a']);
    expect(sent.map(({ url }) => url).join()).not.toMatch(/tok|Token/);
  });

  test('with a wrong secret are refused once, and say so without showing it', async () => {
    bench = await startBench();
    const { cloud } = await connect(signature, {
      credentials: async () => secretOf(bench.running.aliyun.accessKeyId, 'not-the-secret'),
    });
    const error = (await cloud.inspect().catch((caught: unknown) => caught)) as Error;
    expect(error).toMatchObject({ kind: 'credentials', vendorCode: 'SignatureDoesNotMatch' });
    expect(error.message).not.toContain('not-the-secret');
  });

  test('are signed anew with every repetition', async () => {
    bench = await startBench();
    const { cloud, sent } = await connect(signature);
    const fault = { kind: 'drop', when: 'after' } as const;
    bench.running.emulator.faults.add({ operation: 'QueryProduct', times: 2, fault });
    await cloud.inspect();
    const nonces = sent.map(
      ({ headers, body }) => headers['x-acs-signature-nonce'] ?? new URLSearchParams(body).get('SignatureNonce'),
    );
    expect(new Set(nonces).size).toBe(3);
  });

  test('from a clock that is an hour off are corrected', async () => {
    bench = await startBench();
    const { cloud } = await connect(signature);
    bench.running.emulator.faults.add({ fault: { kind: 'clockSkew', ms: 3_600_000 } });
    expect(await cloud.inspect()).toEqual({ devices: 0 });
  });

  test('reach a product in an instance with an id', async () => {
    bench = await startBench({ aliyun: { product: { instanceId: 'iot-060a02fl' } } });
    const { cloud } = await connect(signature);
    expect(await cloud.inspect()).toEqual({ devices: 0 });
  });
});
