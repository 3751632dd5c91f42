import { IotEmulator } from '../../../emulator';
import { call, type Parameters, VirtualClock } from '../signed-call';

let clock: VirtualClock;
let emulator: IotEmulator;
beforeEach(() => {
  clock = new VirtualClock();
  emulator = new IotEmulator({ clock, rates: false });
});

const ask = (operation: string, parameters: Parameters = {}) => call(emulator, operation, parameters).body;
const create = (parameters: Parameters = {}) =>
  ask('CreateProduct', { ProductName: 'street lights', NodeType: 0, ...parameters });

describe('CreateProduct', () => {
  test('makes a product, whose key stands at the top and in Data, and which takes devices at once', () => {
    const body = create({
      Description: 'all of them',
      AliyunCommodityCode: 'iothub_senior',
      DataFormat: 0,
      NodeType: 1,
    });
    const ProductKey = body.ProductKey as string;
    expect(body).toEqual({
      RequestId: expect.any(String) as string,
      Success: true,
      ProductKey: expect.stringMatching(/^a1\w{9}$/) as string,
      Data: {
        AliyunCommodityCode: 'iothub_senior',
        AuthType: 'secret',
        DataFormat: 0,
        Description: 'all of them',
        Id2: false,
        NodeType: 1,
        ProductKey,
        ProductName: 'street lights',
        ProductSecret: expect.stringMatching(/^\w{16}$/) as string,
        ProtocolType: '',
      },
    });
    expect(ask('RegisterDevice', { ProductKey, DeviceName: 'light-1' })).toMatchObject({ Success: true });
    expect(ask('QueryProduct', { ProductKey })).toMatchObject({
      Data: {
        ProductName: 'street lights',
        DeviceCount: 1,
        GmtCreate: clock.now(),
        AliyunCommodityCode: 'iothub_senior',
      },
    });
  });

  test.each<[Parameters, string]>([
    [{ ProductName: undefined }, 'MissingProductName'],
    [{ ProductName: 'abc' }, 'iot.prod.InvalidFormattedProductName'],
    [{ ProductName: 'x'.repeat(31) }, 'iot.prod.InvalidFormattedProductName'],
    [{ ProductName: 'emulated' }, 'iot.prod.AlreadyExistedProductName'],
    [{ NodeType: 2 }, 'iot.prod.InvalidNodeType'],
    [{ AliyunCommodityCode: 'iot_senior' }, 'iot.prod.InvalidAliyunCommodityCode'],
    [{ Description: 'x'.repeat(101) }, 'iot.prod.LongProductDesc'],
    [{ AuthType: 'id2' }, 'iot.prod.NotOpenID2Service'],
    [{ AuthType: 'password' }, 'iot.common.InvalidFormattedParameter'],
    [{ IotInstanceId: 'iot-other' }, 'iot.system.InstanceNotFound'],
  ])('refuses %j with %s, and makes nothing', (parameters, code) => {
    expect(create(parameters)).toMatchObject({ Code: code });
    expect(emulator.aliyun.platform.products.list()).toHaveLength(1);
  });

  test('keeps names apart by instance', () => {
    emulator.aliyun.seed({ products: [{ instanceId: 'iot-1' }] });
    create();
    expect(create({ IotInstanceId: 'iot-1' })).toMatchObject({ Success: true });
    expect(create({ IotInstanceId: 'iot-1' })).toMatchObject({ Code: 'iot.prod.AlreadyExistedProductName' });
  });

  test('makes as many as an instance may have: 1,000, or one of the MQTT type', () => {
    expect(emulator.aliyun.quotas.productsPerInstance).toBe(1_000);
    emulator.aliyun.quotas.productsPerInstance = 2;
    expect(create()).toMatchObject({ Success: true });
    expect(create({ ProductName: 'one too many' })).toMatchObject({ Code: 'iot.prod.ProductCountExceedMax' });
  });

  test('makes X.509 products in cn-shanghai only', () => {
    expect(create({ AuthType: 'x509' })).toMatchObject({ Data: { AuthType: 'x509' } });
    const frankfurt = new IotEmulator({ clock, aliyun: { region: 'eu-central-1' } });
    const parameters = { ProductName: 'street lights', NodeType: 0, AuthType: 'x509' };
    expect(call(frankfurt, 'CreateProduct', parameters).body).toMatchObject({
      Code: 'iot.device.RegionNotSupportX509',
    });
  });
});

describe('QueryProductList', () => {
  const list = (parameters: Parameters = {}) =>
    ask('QueryProductList', { CurrentPage: 1, PageSize: 10, ...parameters }) as {
      Data: { Total: number; List: { ProductInfo: { ProductName: string }[] } };
    };
  const namesOf = (parameters?: Parameters) =>
    list(parameters).Data.List.ProductInfo.map(({ ProductName }) => ProductName);

  test('pages through the products of one instance, the newest first', () => {
    ['first', 'second'].forEach((productName) => emulator.aliyun.seed({ products: [{ productName }] }));
    emulator.aliyun.seed({ products: [{ productName: 'elsewhere', instanceId: 'iot-1' }] });
    expect(list({ PageSize: 2 }).Data).toMatchObject({ CurrentPage: 1, PageCount: 2, PageSize: 2, Total: 3 });
    expect(namesOf({ PageSize: 2 })).toEqual(['second', 'first']);
    expect(namesOf({ PageSize: 2, CurrentPage: 2 })).toEqual(['emulated']);
    expect(namesOf({ IotInstanceId: 'iot-1' })).toEqual(['elsewhere']);
  });

  test('takes 200 a page, may be asked for one kind, and needs both numbers', () => {
    create({ AliyunCommodityCode: 'iothub_senior' });
    expect(namesOf({ PageSize: 200, AliyunCommodityCode: 'iothub_senior' })).toEqual(['street lights']);
    expect(list({ PageSize: 201 })).toMatchObject({ Code: 'iot.common.InvalidPageParams' });
    expect(list({ PageSize: undefined })).toMatchObject({ Code: 'MissingPageSize' });
  });

  test('may be called only twice a second for deep pages', () => {
    const limited = new IotEmulator({ clock });
    const deep = () => call(limited, 'QueryProductList', { CurrentPage: 500, PageSize: 200 }).status;
    expect([deep(), deep(), deep()]).toEqual([200, 200, 400]);
  });
});

describe('DeleteProduct', () => {
  const remove = () => ask('DeleteProduct', { ProductKey: emulator.aliyun.productKey });

  test('takes an empty product away, and leaves its instance', () => {
    expect(remove()).toEqual({ RequestId: expect.any(String) as string, Success: true });
    expect(remove()).toMatchObject({ Code: 'iot.prod.NotExistedProduct' });
    expect(create()).toMatchObject({ Success: true });
  });

  test('refuses a product with devices in it, or deletes them, as assumed', () => {
    emulator.aliyun.seed({ devices: [{ productKey: emulator.aliyun.productKey, deviceName: 'light-1' }] });
    expect(remove()).toMatchObject({ Success: false, Code: 'iot.system.IllegalRequest' });
    emulator.aliyun.assumptions.deleteProductWithDevices = 'deleteAll';
    expect(remove()).toMatchObject({ Success: true });
    expect(emulator.journal.deviceEvents()).toMatchObject([{ event: 'seeded' }, { event: 'deleted' }]);
  });

  test('under a running batch makes the rest of it fail', () => {
    const { Data } = ask('BatchRegisterDevice', { ProductKey: emulator.aliyun.productKey, Count: 2 });
    remove();
    clock.pass(60_000);
    const [application] = emulator.aliyun.platform.listApplications();
    expect(application).toMatchObject({ applyId: String((Data as { ApplyId: number }).ApplyId) });
    emulator.settle();
    expect(application?.status).toBe('CREATE_FAILED');
    expect([...(application?.failures.values() ?? [])]).toEqual(Array(2).fill('The product does not exist.'));
  });
});
