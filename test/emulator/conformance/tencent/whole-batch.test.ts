import { createPrivateKey, X509Certificate } from 'node:crypto';
import { iotcloud } from 'tencentcloud-sdk-nodejs/tencentcloud/services/iotcloud';
import { type RunningEmulator, startEmulator } from '../../../../emulator';
import type { Wire } from '../vendor';
import { sdksOfApi2 } from './sdks';

describe("A whole batch by the vendor's SDKs, with nothing but their endpoint set", () => {
  let running: RunningEmulator;
  beforeAll(async () => {
    running = await startEmulator({ tencent: { durations: { startMs: 60_000 } } });
  });
  afterAll(() => running.close());
  afterEach(() => running.emulator.reset());

  const names = Array.from({ length: 25 }, (_, index) => `light-${index + 100}`);
  const until = async (finished: () => Promise<boolean>) => {
    let polls = 1;
    for (; !(await finished()); polls++) running.emulator.advance(30_000);
    expect(polls).toBeGreaterThan(1);
  };

  test('API 3.0: created, polled, paged, listed and deleted', async () => {
    const { productId: ProductId, ...credential } = running.tencent;
    const httpProfile = { endpoint: new URL(running.url).host, protocol: 'http://' };
    const client = new iotcloud.v20180614.Client({ credential, region: 'ap-guangzhou', profile: { httpProfile } });

    const { TaskId = '' } = await client.CreateMultiDevice({ ProductId, DeviceNames: names });
    await expect(client.DescribeMultiDevices({ ProductId, TaskId, Offset: 0, Limit: 10 })).rejects.toMatchObject({
      code: 'UnauthorizedOperation.CreateMultiDeviceTaskNotFinished',
    });
    await until(async () => {
      const { TaskStatus } = await client.DescribeMultiDevTask({ ProductId, TaskId });
      return TaskStatus === 2;
    });

    const created = [];
    for (const Offset of [0, 10, 20]) {
      const page = await client.DescribeMultiDevices({ ProductId, TaskId, Offset, Limit: 10 });
      expect(page.TotalDevNum).toBe(25);
      created.push(...(page.DevicesInfo ?? []));
    }
    expect(created.map(({ DeviceName }) => DeviceName)).toEqual(names);
    for (const { DeviceCert, DevicePrivateKey, Result } of created) {
      expect(Result).toBe(0);
      expect(new X509Certificate(DeviceCert).checkPrivateKey(createPrivateKey(DevicePrivateKey))).toBe(true);
    }

    running.emulator.tencent.connect('light-100');
    const { TotalCount, Devices = [] } = await client.DescribeDevices({ ProductId, Offset: 0, Limit: 250 });
    expect(TotalCount).toBe(25);
    expect(Devices.filter((device) => device.FirstOnlineTime > 0)).toMatchObject([
      { DeviceName: 'light-100', Online: 1, DeviceCert: created[0]?.DeviceCert },
    ]);

    for (const DeviceName of names) await client.DeleteDevice({ ProductId, DeviceName });
    expect(running.emulator.tencent.devices()).toEqual([]);
    await client.DeleteProduct({ ProductId });
    await expect(client.DescribeProduct({ ProductId })).rejects.toMatchObject({
      code: 'ResourceNotFound.ProductNotExist',
    });
  });

  test.each(sdksOfApi2)('API 2.0, $name: created, polled, paged, listed and deleted', async (sdk) => {
    const productID = running.tencent.productId;
    // Its own Nonce is one of 65,536, which would come twice in a second now and then.
    let Nonce = 1;
    const ask = async (action: string, parameters: Wire) => {
      const outcome = await sdk.call(running.url, running.tencent, action, { ...parameters, Nonce: Nonce++ });
      expect(outcome.code).toBeUndefined();
      return outcome.body ?? {};
    };

    const { taskID } = await ask('CreateMultiDevice', { productID, listDeviceName: names });
    await until(async () => (await ask('GetCreateMultiDevTask', { taskID })).taskStatus === 2);
    const created: Wire[] = [];
    for (const pageNum of [1, 2, 3]) {
      const page = await ask('GetMultiDevices', { productID, taskID, pageNum, pageSize: 10 });
      expect(page.totalDevNum).toBe(25);
      created.push(...(page.listCreateDeviceInfo as Wire[]));
    }
    expect(created.map(({ deviceName }) => deviceName)).toEqual(names);
    expect(created.every(({ result, devicePrivateKey }) => result === 0 && devicePrivateKey)).toBe(true);

    const listed = await ask('ListDevices', { productID, pageNum: 1, pageSize: 100 });
    expect(listed).toMatchObject({ totalCnt: 25 });
    for (const deviceName of names) await ask('DeleteDevice', { productID, deviceName });
    expect(running.emulator.tencent.devices()).toEqual([]);
  });
});
