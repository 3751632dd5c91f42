import type { Cloud } from '../../../lib/batch/ports/cloud';
import { RateLimits } from '../../../lib/clouds/http/rate-limits';
import { connectTencent } from '../../../lib/clouds/tencent';
import { VirtualClock } from '../virtual-clock';
import { answering } from './harness';

/** The two samples of the vendor's page of GetMultiDevices, as they stand there. */
const envelope =
  '"message": "",\n  "codeDesc": "Success",\n  "code": 0,\n  "taskID":"abcdedf123456789",\n  "totalDevNum":2,';
const failed = '{\n        "deviceName":"test_device2",\n        "result":2001\n      }';
const certificates = `{
  ${envelope}
  "listCreateDeviceInfo":[
      {
        "deviceName":"test_device1",
        "deviceCert":"-----BEGIN CERTIFICATE-----\\n-----END CERTIFICATE-----",
        "devicePrivateKey":"-----BEGIN PRIVATE KEY-----\\n-----END PRIVATE KEY-----\\n",
        "result":0
      },
      ${failed}
  ]
}`;
const keys = `{
  ${envelope}
  "listCreateDeviceInfo":[
      {
        "deviceName":"test_device1",
        "devicePsk": "s/GiL8XZ7f/bWvQIuKjMoQ==",
        "result":0
      },
      ${failed}
  ]
}`;

function connect(...bodies: unknown[]): { cloud: Cloud; sent: ReturnType<typeof answering>['sent'] } {
  const transport = answering(...bodies.map((body) => ({ body })));
  const clock = new VirtualClock();
  const cloud = connectTencent(
    { productId: 'ABCED12345', apiVersion: '2.0' },
    async () => ({ SecretId: 'AKIDEXAMPLE', SecretKey: 'EXAMPLEKEY' }),
    {
      clock,
      observer: { log: () => undefined, progress: () => undefined },
      transport,
      rates: new RateLimits(clock, 1),
      until: Infinity,
    },
  );
  return { cloud, sent: transport.sent };
}

const finished = { code: 0, message: '', codeDesc: 'Success', taskStatus: 2 };

describe("the samples of the vendor's page", () => {
  test('are asked for as the page has it', async () => {
    const { cloud, sent } = connect(keys);
    await cloud.collect('abcdedf123456789', undefined);
    expect(sent[0]?.url).toBe('https://iotcloud.api.qcloud.com/v2/index.php');
    expect(Object.fromEntries(new URLSearchParams(sent[0]?.body))).toMatchObject({
      ...{ Action: 'GetMultiDevices', productID: 'ABCED12345', taskID: 'abcdedf123456789', pageNum: '1' },
    });
  });

  test.each([
    ['certificates', certificates],
    ['pre-shared keys', keys],
  ])('of %s are a partial failure, with the device and the reason', async (_, sample) => {
    const { cloud } = connect(finished, sample);
    expect(await cloud.observe(['test_device1', 'test_device2'], 'abcdedf123456789')).toEqual({
      state: 'settled',
      created: ['test_device1'],
      failures: [{ name: 'test_device2', code: '2001', reason: 'the device name exists already, Result 2001' }],
    });
  });

  test.each([
    [
      'certificates',
      certificates,
      {
        DeviceCert: '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----',
        DevicePrivateKey: '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n',
      },
    ],
    ['pre-shared keys', keys, { DevicePsk: 's/GiL8XZ7f/bWvQIuKjMoQ==' }],
  ])('of %s hold the secrets of what was created', async (_, sample, credentials) => {
    const { cloud } = connect(sample);
    const { devices, total } = await cloud.collect('abcdedf123456789', undefined);
    expect(total).toBe(2);
    expect(devices).toEqual([{ name: 'test_device1', identity: 'name:test_device1', credentials }]);
  });

  test.each(['(2006)任务不存在', '（2006）任务不存在', ' ( 2006 ) no such task'])(
    "have the module's code before the message: %s",
    async (message) => {
      const { cloud } = connect({ code: 5000, message, codeDesc: 'ResourceNotFound' });
      expect(await cloud.observe([], 'abcdedf123456789')).toEqual({ state: 'absent' });
    },
  );

  test('may lack it, and the text as well', async () => {
    const { cloud } = connect({ code: '4300', message: '', codeDesc: 'Denied' });
    await expect(cloud.inspect()).rejects.toMatchObject({
      kind: 'credentials',
      vendorCode: '4300',
      message: expect.stringContaining('ListDevices failed: Denied') as string,
    });
  });

  test('that list fewer devices than they count are no result', async () => {
    const { cloud } = connect(finished, { code: 0, totalDevNum: 2, listCreateDeviceInfo: [] });
    await expect(cloud.observe([], 'abcdedf123456789')).rejects.toMatchObject({ vendorCode: 'IncompleteAnswer' });
  });
});
