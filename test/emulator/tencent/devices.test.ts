import { createHash, X509Certificate } from 'node:crypto';
import { IotEmulator, type TencentAssumptions } from '../../../emulator';
import { VirtualClock } from '../signed-call';
import { callLegacy } from './query-call';
import { callTc3 } from './tc3-call';

const pskProduct = 'PSKPRODUCT';
let clock: VirtualClock;
let emulator: IotEmulator;
beforeEach(() => {
  clock = new VirtualClock();
  emulator = new IotEmulator({ clock, rates: false });
  emulator.tencent.seed({ products: [{ productId: pskProduct, productName: 'psk', encryption: 'psk' }] });
});

const assume = (assumptions: Partial<TencentAssumptions>) => Object.assign(emulator.tencent.assumptions, assumptions);
const ask = (operation: string, parameters: Record<string, unknown> = {}) =>
  callTc3(emulator, operation, { ProductId: emulator.tencent.productId, ...parameters });
const seed = (...names: string[]) =>
  names.forEach((deviceName) =>
    emulator.tencent.seed({ devices: [{ productId: emulator.tencent.productId, deviceName }] }),
  );
const seconds = (ms: number) => Math.floor(ms / 1000);
const sha256 = (text: unknown) => createHash('sha256').update(String(text)).digest('hex');

describe('CreateDevice', () => {
  test('gives a certificate and, this once, its private key', () => {
    const { body } = ask('CreateDevice', { DeviceName: 'light-1' });
    expect(body).toMatchObject({ DeviceName: 'light-1', DevicePsk: '', LoraDevEui: '', LoraAppKey: '' });
    expect(new X509Certificate(body.DeviceCert as string).subject).toContain('CN=light-1');
    expect(body.DevicePrivateKey).toContain('PRIVATE KEY');
    const described = callTc3(emulator, 'DescribeDevice', {
      ProductID: emulator.tencent.productId,
      DeviceName: 'light-1',
    }).body;
    expect(described).toMatchObject({ DeviceCert: body.DeviceCert, CertState: 1 });
    expect(JSON.stringify(described)).not.toContain('PRIVATE KEY');
    const { fingerprint256 } = new X509Certificate(body.DeviceCert as string);
    expect(emulator.tencent.device('light-1')?.identity).toBe(fingerprint256.replaceAll(':', '').toLowerCase());
  });

  test('gives a pre-shared key, or takes one', () => {
    const made = callTc3(emulator, 'CreateDevice', { ProductId: pskProduct, DeviceName: 'a' }).body;
    expect(made).toMatchObject({ DeviceCert: '', DevicePrivateKey: '' });
    expect(emulator.tencent.device('a', pskProduct)?.identity).toBe(sha256(made.DevicePsk));
    const given = { ProductId: pskProduct, DeviceName: 'b', DefinedPsk: 'b3VycyBhbmQgc2VjcmV0' };
    expect(callTc3(emulator, 'CreateDevice', given).body.DevicePsk).toBe(given.DefinedPsk);
    expect(JSON.stringify(emulator.journal.calls())).not.toContain(given.DefinedPsk);
  });

  test.each([
    ['a name that exists', { DeviceName: 'taken' }, 'InvalidParameterValue.DeviceAlreadyExist'],
    ['a malformed name', { DeviceName: 'a b' }, 'InvalidParameterValue'],
    ['no name', {}, 'MissingParameter'],
    ['another product', { ProductId: 'NOTHING', DeviceName: 'a' }, 'ResourceNotFound.ProductNotExist'],
    [
      'a key for a certificate product',
      { DeviceName: 'a', DefinedPsk: 'YQ==' },
      'UnauthorizedOperation.ProductNotSupportPSK',
    ],
    [
      'a key that is not base64',
      { ProductId: pskProduct, DeviceName: 'a', DefinedPsk: '***' },
      'InvalidParameterValue.DefinedPskNotBase64',
    ],
  ])('refuses %s', (_, parameters, code) => {
    seed('taken');
    expect(ask('CreateDevice', parameters).code).toBe(code);
  });

  test('refuses a device too many', () => {
    emulator.tencent.quotas.devicesPerProduct = 1;
    seed('one');
    expect(ask('CreateDevice', { DeviceName: 'two' }).code).toBe('LimitExceeded.DeviceExceedLimit');
  });
});

describe('DescribeDevice', () => {
  const describe = (DeviceName: string) =>
    callTc3(emulator, 'DescribeDevice', { ProductID: emulator.tencent.productId, DeviceName });

  test('tells when a device was created and whether it ever connected, in seconds', () => {
    const createdAt = clock.now();
    seed('light-1');
    const never = { Online: 0, FirstOnlineTime: 0, LoginTime: 0, LastOfflineTime: 0, CertState: 0, EnableState: 1 };
    expect(describe('light-1').body).toMatchObject({ ...never, CreateTime: seconds(createdAt) });
    clock.pass(5_000);
    emulator.tencent.connect('light-1');
    expect(describe('light-1').body).toMatchObject({ Online: 1, FirstOnlineTime: seconds(createdAt) + 5 });
    clock.pass(5_000);
    emulator.tencent.disconnect('light-1');
    clock.pass(5_000);
    emulator.tencent.connect('light-1');
    expect(describe('light-1').body).toMatchObject({
      FirstOnlineTime: seconds(createdAt) + 5,
      LastOfflineTime: seconds(createdAt) + 10,
      LoginTime: seconds(createdAt) + 15,
    });
  });

  test('may say null for what it cannot tell', () => {
    assume({ neverOnline: 'null', createTime: 'null' });
    seed('light-1');
    expect(describe('light-1').body).toMatchObject({
      ...{ FirstOnlineTime: null, LastOfflineTime: null, LoginTime: 0, CreateTime: null },
    });
  });

  test('spells its product in a way of its own', () => {
    seed('light-1');
    expect(ask('DescribeDevice', { DeviceName: 'light-1' }).code).toBe('UnknownParameter');
    expect(describe('nobody').code).toBe('ResourceNotFound.DeviceNotExist');
  });
});

describe('DescribeDevices', () => {
  const list = (parameters: Record<string, unknown> = {}) => {
    const { body, code } = ask('DescribeDevices', { Offset: 0, Limit: 10, ...parameters });
    const devices = body.Devices as { DeviceName: string }[] | undefined;
    return { code, total: body.TotalCount, names: devices?.map(({ DeviceName }) => DeviceName) };
  };
  const names = Array.from({ length: 12 }, (_, index) => `light-${index + 10}`);

  test('pages from 0', () => {
    seed(...names);
    expect(list()).toEqual({ total: 12, names: names.slice(0, 10), code: undefined });
    expect(list({ Offset: 10 })).toEqual({ total: 12, names: names.slice(10), code: undefined });
    expect(list({ Offset: 20 }).names).toEqual([]);
  });

  test('sees what was created and deleted since', () => {
    seed('a', 'b');
    expect(list().names).toEqual(['a', 'b']);
    emulator.tencent.deleteDevice('a');
    seed('c');
    expect(list().names).toEqual(['b', 'c']);
  });

  test('may list the newest first', () => {
    assume({ orderOfListing: 'newestFirst' });
    seed('a', 'b');
    expect(list().names).toEqual(['b', 'a']);
  });

  test.each([
    ['Limit 9', { Limit: 9 }, 'InvalidParameterValue'],
    ['Limit 251', { Limit: 251 }, 'InvalidParameterValue'],
    ['Offset -1', { Offset: -1 }, 'InvalidParameterValue'],
    ['a text as Limit', { Limit: '10' }, 'InvalidParameter'],
    ['a fraction as Limit', { Limit: 10.5 }, 'InvalidParameter'],
    ['no Limit', { Limit: undefined }, 'MissingParameter'],
    ['another product', { ProductId: 'NOTHING' }, 'ResourceNotFound.ProductNotExist'],
  ])('refuses %s', (_, parameters, code) => {
    expect(list(parameters).code).toBe(code);
  });

  test('filters by name, exactly or by a part of it', () => {
    seed('light-1', 'light-10');
    expect(list({ DeviceName: 'light-1' })).toMatchObject({ total: 1, names: ['light-1'] });
    assume({ deviceNameFilter: 'contains' });
    expect(list({ DeviceName: 'light-1' }).total).toBe(2);
  });

  test('knows no firmware and no disabled devices', () => {
    seed('light-1');
    expect(list({ FirmwareVersion: 'None-FirmwareVersion', EnableState: 1 }).total).toBe(1);
    expect(list({ FirmwareVersion: '1.0' }).total).toBe(0);
    expect(list({ EnableState: 0 }).total).toBe(0);
  });
});

describe('DeleteDevice', () => {
  test('deletes whoever has the name', () => {
    seed('light-1');
    const { body, code } = ask('DeleteDevice', { DeviceName: 'light-1' });
    expect([Object.keys(body), code]).toEqual([['RequestId'], undefined]);
    expect(emulator.tencent.devices()).toEqual([]);
    expect(emulator.journal.deviceEvents().at(-1)).toMatchObject({ event: 'deleted', requestId: body.RequestId });
    expect(ask('DeleteDevice', { DeviceName: 'light-1' }).code).toBe('ResourceNotFound.DeviceNotExist');
  });

  test('is told apart from a later device of the same name by identity only', () => {
    seed('light-1');
    const first = emulator.tencent.device('light-1')?.identity;
    ask('DeleteDevice', { DeviceName: 'light-1' });
    seed('light-1');
    expect(emulator.tencent.device('light-1')?.identity).not.toBe(first);
  });
});

describe('products', () => {
  test('are created with certificates, or pre-shared keys, described, and deleted', () => {
    const created = callTc3(emulator, 'CreateProduct', {
      ProductName: 'lights',
      ProductProperties: { EncryptionType: '2', ProductDescription: 'street lights' },
    }).body;
    expect(created).toMatchObject({ ProductName: 'lights', ProductProperties: { EncryptionType: 2, Region: 'gz' } });
    const { ProductId } = created;
    expect(ProductId).toMatch(/^[A-Z0-9]{10}$/);
    expect(ask('DescribeProduct', { ProductId }).body).toMatchObject({
      ...{ ProductId, ProductName: 'lights', ProductMetadata: { CreationDate: seconds(clock.now()) } },
      ProductProperties: { EncryptionType: '2', ProductDescription: 'street lights' },
    });
    expect(ask('DescribeProduct').body).toMatchObject({ ProductProperties: { EncryptionType: '1' } });
    expect(ask('CreateDevice', { ProductId, DeviceName: 'a' }).body.DevicePsk).not.toBe('');
    expect(ask('DeleteProduct', { ProductId }).code).toBe('UnauthorizedOperation.DevicesExistUnderProduct');
    ask('DeleteDevice', { ProductId, DeviceName: 'a' });
    expect(ask('DeleteProduct', { ProductId }).code).toBeUndefined();
    expect(ask('DescribeProduct', { ProductId }).code).toBe('ResourceNotFound.ProductNotExist');
  });

  test.each([
    ['a name that exists', { ProductName: 'psk' }, 'InvalidParameterValue.ProductAlreadyExist'],
    ['a malformed name', { ProductName: 'x'.repeat(33) }, 'InvalidParameterValue'],
    ['no name', {}, 'MissingParameter'],
    ['another encryption', { ProductName: 'a', ProductProperties: { EncryptionType: '3' } }, 'InvalidParameterValue'],
    [
      'a product of LoRa devices',
      { ProductName: 'a', ProductProperties: { ProductType: 4 } },
      'InvalidParameterValue.ProductTypeNotSupport',
    ],
  ])('are refused with %s', (_, parameters, code) => {
    expect(callTc3(emulator, 'CreateProduct', parameters).code).toBe(code);
  });

  test('are no more than the account may have', () => {
    emulator.tencent.quotas.products = 2;
    expect(callTc3(emulator, 'CreateProduct', { ProductName: 'third' }).code).toBe('LimitExceeded.ProductExceedLimit');
  });
});

describe('API 2.0', () => {
  const productID = () => emulator.tencent.productId;
  const list = (pageNum: number, pageSize: number) =>
    callLegacy(emulator, 'ListDevices', { productID: productID(), pageNum, pageSize });

  test('lists names, and nothing else', () => {
    seed('a', 'b', 'c');
    const named = (...names: string[]) => names.map((deviceName) => ({ deviceName, productID: productID() }));
    expect(list(1, 2).body).toEqual({
      code: 0,
      message: '',
      codeDesc: 'Success',
      totalCnt: 3,
      devices: named('a', 'b'),
    });
    expect(list(2, 2).body).toMatchObject({ totalCnt: 3, devices: named('c') });
    expect(list(0, 2)).toMatchObject({ code: 4000, message: expect.stringMatching(/^\(2101\)/) as string });
  });

  test('deletes, and says of a device that does not exist what nobody has documented', () => {
    seed('a');
    const gone = () => callLegacy(emulator, 'DeleteDevice', { productID: productID(), deviceName: 'a' });
    expect(gone().body).toEqual({ code: 0, message: '', codeDesc: 'Success' });
    expect(gone()).toMatchObject({ status: 200, code: 5000, message: expect.stringMatching(/^\(2002\)/) as string });
    assume({ legacyMissingDevice: 2999 });
    expect(gone().message).toMatch(/^\(2999\)/);
  });

  test('may have brackets of the other width, and codes that are texts', () => {
    assume({ legacyBrackets: '（）', legacyCode: 'text' });
    expect(list(1, 10).body).toMatchObject({ code: '0' });
    expect(list(0, 10)).toMatchObject({ code: '4000', message: expect.stringMatching(/^（2101）/) as string });
  });

  test('ignores parameters that it does not know, and knows no other actions', () => {
    const parameters = { productID: productID(), pageNum: 1, pageSize: 10, more: 'x' };
    expect(callLegacy(emulator, 'ListDevices', parameters).code).toBe(0);
    expect(callLegacy(emulator, 'GetDevice', parameters).code).toBe(4000);
  });
});
