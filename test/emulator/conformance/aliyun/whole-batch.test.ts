import Iot, * as model from '@alicloud/iot20180120';
import { Config } from '@alicloud/openapi-client';
import { type RunningEmulator, startEmulator } from '../../../../emulator';

describe("A whole batch by the vendor's SDK, with nothing but its endpoint set", () => {
  let running: RunningEmulator;
  beforeAll(async () => {
    running = await startEmulator({ speed: 1_000 });
  });
  afterAll(() => running.close());
  afterEach(() => running.emulator.reset());

  const sdk = () =>
    new Iot(
      new Config({ ...running.aliyun, endpoint: new URL(running.url).host, protocol: 'http', regionId: 'cn-shanghai' }),
    );

  const settled = async (applyId: number, pending: 'CHECK' | 'CREATE') => {
    const { productKey } = running.aliyun;
    for (;;) {
      const request = new model.QueryBatchRegisterDeviceStatusRequest({ productKey, applyId });
      const { body } = await sdk().queryBatchRegisterDeviceStatus(request);
      if (body?.data?.status !== pending) return body;
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  };

  test('checks, registers, lists and deletes a batch', async () => {
    const { productKey } = running.aliyun;
    const names = Array.from({ length: 12 }, (_, index) => `light-${index + 100}`);
    const client = sdk();

    const checked = await client.batchCheckDeviceNames(
      new model.BatchCheckDeviceNamesRequest({ productKey, deviceName: names }),
    );
    expect(checked.body).toMatchObject({ success: true, data: { applyId: expect.any(Number) as number } });
    const applyId = checked.body?.data?.applyId ?? 0;
    expect(await settled(applyId, 'CHECK')).toMatchObject({
      success: true,
      data: { status: 'CHECK_SUCCESS', validList: { name: [] }, invalidList: { name: [] } },
    });

    const registered = await client.batchRegisterDeviceWithApplyId(
      new model.BatchRegisterDeviceWithApplyIdRequest({ productKey, applyId }),
    );
    expect(registered.body).toMatchObject({ success: true, data: { applyId } });
    expect(await settled(applyId, 'CREATE')).toMatchObject({
      data: { status: 'CREATE_SUCCESS', validList: { name: [] } },
    });

    const page = await client.queryPageByApplyId(
      new model.QueryPageByApplyIdRequest({ applyId, currentPage: 1, pageSize: 50 }),
    );
    expect(page.body).toMatchObject({ success: true, page: 1, pageCount: 1, pageSize: 50, total: 12 });
    const listed = page.body?.applyDeviceList?.applyDeviceInfo ?? [];
    expect(listed.map((device) => device.deviceName)).toEqual(names);
    expect(listed.every((device) => device.deviceSecret?.length === 32 && device.iotId)).toBe(true);

    const found = await client.queryDevice(new model.QueryDeviceRequest({ productKey, pageSize: 5 }));
    expect(found.body).toMatchObject({ success: true, total: 12, pageCount: 3 });
    expect(found.body?.data?.deviceInfo?.[0]).toMatchObject({ deviceName: 'light-111', deviceStatus: 'UNACTIVE' });
    expect(found.body?.nextToken).not.toBe('');

    const details = await client.batchQueryDeviceDetail(
      new model.BatchQueryDeviceDetailRequest({ productKey, deviceName: ['light-100', 'nobody'] }),
    );
    expect(details.body?.data?.data).toHaveLength(1);
    expect(details.body?.data?.data?.[0]).toMatchObject({ deviceName: 'light-100', status: 'UNACTIVE', utcActive: '' });

    const states = await client.batchGetDeviceState(
      new model.BatchGetDeviceStateRequest({ productKey, deviceName: ['light-100'] }),
    );
    expect(states.body?.deviceStatusList?.deviceStatus?.[0]).toMatchObject({ status: 'UNACTIVE' });

    const product = await client.queryProduct(new model.QueryProductRequest({ productKey }));
    expect(product.body?.data).toMatchObject({ productKey, deviceCount: 12, productStatus: 'DEVELOPMENT_STATUS' });

    for (const { iotId } of listed) {
      const deleted = await client.deleteDevice(new model.DeleteDeviceRequest({ iotId }));
      expect(deleted.body).toMatchObject({ success: true });
    }
    expect(running.emulator.aliyun.devices()).toEqual([]);
  });

  test('sends 10,000 names in the URL, as it does, and all arrive', async () => {
    const { productKey } = running.aliyun;
    const names = Array.from({ length: 10_001 }, (_, index) => `a-rather-long-device-${index}`);
    const checked = await sdk().batchCheckDeviceNames(
      new model.BatchCheckDeviceNamesRequest({ productKey, deviceName: names }),
    );
    expect(checked.body?.success).toBe(true);
    expect(running.emulator.aliyun.platform.listApplications()[0]?.devices).toHaveLength(10_000);
  });
});
