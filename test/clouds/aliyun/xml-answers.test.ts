import type { Cloud } from '../../../lib/batch/ports/cloud';
import { intercept } from '../../../lib/clouds/http/transport';
import { undiciTransport } from '../../../lib/clouds/http/undici-transport';
import { names, startBench, xml, type Bench } from './harness';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

const gatewayError = (Code: string) =>
  `<?xml version='1.0' encoding='UTF-8'?><Error><RequestId>57B1</RequestId><HostId>iot.cn-shanghai.aliyuncs.com</HostId>` +
  `<Code>${Code}</Code><Message>a &lt;reason&gt;</Message></Error>`;

const success = `<QueryProductResponse><RequestId>r</RequestId><Success>true</Success><Data><DeviceCount>7</DeviceCount></Data></QueryProductResponse>`;

async function literal(...answers: Parameters<Bench['serve']>): Promise<Cloud> {
  const server = await bench.serve(...answers);
  return bench.connect({ reference: { endpoint: server.url } });
}

describe('a gateway that answers in XML although JSON was asked for', () => {
  test('is understood in its error', async () => {
    const cloud = await literal(xml(gatewayError('InvalidParameter'), 400));
    await expect(cloud.inspect()).rejects.toMatchObject({
      kind: 'permanent',
      message: 'QueryProduct failed: a <reason> [InvalidParameter, Alibaba request 57B1]',
    });
  });

  test('is waited for where it throttles', async () => {
    const cloud = await literal(xml(gatewayError('Throttling.User'), 400), xml(success));
    expect(await cloud.inspect()).toEqual({ devices: 7 });
  });

  test('is understood in a business failure', async () => {
    const code = 'iot.prod.NotExistedProduct';
    const body = `<R><RequestId>r</RequestId><Success>false</Success><Code>${code}</Code><ErrorMessage>产品不存在</ErrorMessage></R>`;
    const cloud = await literal(xml(body));
    await expect(cloud.inspect()).rejects.toMatchObject({
      vendorCode: code,
      message: expect.stringContaining('产品不存在') as string,
    });
  });

  test('keeps ids that a double cannot hold', async () => {
    const cloud = await literal(
      xml('<R><RequestId>r</RequestId><Success>true</Success><Data><ApplyId>9223372036854775807</ApplyId></Data></R>'),
    );
    expect(await cloud.open(names(1))).toEqual({ jobId: '9223372036854775807' });
  });

  test('I7: is never quoted where it cannot be read', async () => {
    const cloud = await literal(xml('<R><Success>true</Success><Data><DeviceSecret>s3cr3t</DeviceSecret>'));
    const error = (await cloud.inspect().catch((caught: unknown) => caught)) as Error;
    expect(error).toMatchObject({ vendorCode: 'UnreadableAnswer' });
    expect(`${error.message} ${bench.log()}`).not.toContain('s3cr3t');
  });
});

describe('a batch whose every answer is XML', () => {
  /** The Accept header is not signed: it is changed on its way. */
  const connect = () => {
    const transport = intercept(undiciTransport(), (request, next) =>
      next({ ...request, headers: { ...request.headers, accept: 'application/xml' } }),
    );
    return bench.connect({ transport });
  };

  test.each([1, 2, 60])('of %i is taken from its check to its deletion', async (count) => {
    const cloud = connect();
    const list = names(count);
    const { jobId = '' } = await cloud.open(list);
    bench.running.emulator.advance(60_000);
    expect(await cloud.observe(list, jobId)).toEqual({ state: 'checked' });
    await cloud.commit(list, jobId);
    bench.running.emulator.advance(600_000);
    expect(await cloud.observe(list, jobId)).toEqual({ state: 'settled', failures: [] });
    const { devices, total } = await cloud.collect(jobId, undefined);
    expect({ devices: devices.length, total }).toEqual({ devices: Math.min(50, count), total: count });
    const found = await cloud.lookUp(list);
    expect(found).toHaveLength(count);
    for (const device of found) expect(await cloud.delete(device)).toBe('deleted');
    expect(bench.running.emulator.aliyun.devices()).toEqual([]);
    expect(await cloud.lookUp(list)).toEqual([]);
  });

  test('that fails in part names one or several', async () => {
    const cloud = connect();
    const list = names(3);
    bench.running.emulator.faults.add({ fault: { kind: 'failCreate', names: ['light-002'], reason: 'a|b' } });
    const { jobId = '' } = await cloud.open(list);
    bench.running.emulator.advance(60_000);
    await cloud.commit(list, jobId);
    bench.running.emulator.advance(600_000);
    expect(await cloud.observe(list, jobId)).toEqual({
      state: 'settled',
      created: ['light-001', 'light-003'],
      failures: [{ name: 'light-002', reason: 'a; b' }],
    });
  });

  test('is rejected with its reasons', async () => {
    expect((await connect().open(['good-one', 'bad name'])).rejected).toMatchObject([{ name: 'bad name' }]);
  });
});
