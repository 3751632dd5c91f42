import type { Case as VendorCase, Wire } from '../vendor';
import type { Keys } from './sdks';
import type { Stage } from './stage';

type Case = VendorCase<Stage, Keys>;

const good = (operation: string, parameters: Case['parameters'], expected: Wire, what = 'good'): Case => ({
  operation,
  what,
  parameters,
  expected,
});
const refused = (
  operation: string,
  what: string,
  parameters: Case['parameters'],
  service: string,
  body?: Wire,
): Case => ({
  operation,
  what,
  parameters,
  expected: body ? { service, body } : { service },
});
const rejected = (
  operation: string,
  what: string,
  parameters: Case['parameters'],
  gateway: string,
  status = 400,
): Case => ({
  operation,
  what,
  parameters,
  expected: { gateway, status },
});

const anyText = expect.any(String) as string;
const anyNumber = expect.any(Number) as number;
const pemOf = (label: string) => expect.stringContaining(`-----BEGIN ${label}-----\n`) as string;
const nowhere = { ProductKey: 'a1nothing00' };
const unknownProduct = (operation: string, more: Wire = {}) =>
  refused(operation, 'unknown product', () => ({ ...nowhere, ...more }), 'iot.prod.NotExistedProduct');
const withoutProduct = (operation: string, more: Wire = {}) =>
  rejected(operation, 'no ProductKey', () => more, 'MissingProductKey');
const ofProduct =
  (more: (stage: Stage) => Wire = () => ({})) =>
  (stage: Stage): Wire => ({ ProductKey: stage.productKey, ...more(stage) });
const inInstance =
  (more: (stage: Stage) => Wire = () => ({})) =>
  (stage: Stage): Wire => ({
    ProductKey: stage.enterprise.productKey,
    IotInstanceId: stage.enterprise.instanceId,
    ...more(stage),
  });

/** Every operation, at its best and at its worst. */
export const cases: readonly Case[] = [
  good(
    'BatchCheckDeviceNames',
    ofProduct(({ name }) => ({ DeviceName: [name(), name()] })),
    {
      Data: { ApplyId: anyNumber },
    },
  ),
  good(
    'BatchCheckDeviceNames',
    ofProduct(({ name }) => ({ DeviceNameList: [{ DeviceName: name(), DeviceNickname: '路灯_1' }] })),
    { Data: { ApplyId: anyNumber } },
    'good, with nicknames',
  ),
  refused(
    'BatchCheckDeviceNames',
    'malformed and repeated names',
    ofProduct(() => ({ DeviceName: ['good', 'bad name', 'twice', 'twice'] })),
    'iot.device.InvalidFormattedDeviceName',
    { Data: { InvalidDeviceNameList: { InvalidDeviceName: ['bad name'] } } },
  ),
  refused('BatchCheckDeviceNames', 'no names', ofProduct(), 'iot.device.NoneDeviceNameElement'),
  unknownProduct('BatchCheckDeviceNames', { DeviceName: ['light-1'] }),
  withoutProduct('BatchCheckDeviceNames', { DeviceName: ['light-1'] }),

  good(
    'BatchRegisterDeviceWithApplyId',
    ofProduct(({ application }) => ({ ApplyId: application('CHECK_SUCCESS') })),
    {
      Data: { ApplyId: anyNumber },
    },
  ),
  refused(
    'BatchRegisterDeviceWithApplyId',
    'still being checked',
    ofProduct(({ application }) => ({ ApplyId: application('CHECK') })),
    'iot.device.CreateDeviceTaskIsRunning',
  ),
  refused(
    'BatchRegisterDeviceWithApplyId',
    'unknown application',
    ofProduct(() => ({ ApplyId: 1 })),
    'iot.device.DeviceApplyIsNotFound',
  ),
  rejected('BatchRegisterDeviceWithApplyId', 'no ApplyId', ofProduct(), 'MissingApplyId'),

  good(
    'BatchRegisterDevice',
    ofProduct(() => ({ Count: 3 })),
    { Data: { ApplyId: anyNumber } },
  ),
  refused(
    'BatchRegisterDevice',
    '10,001 devices',
    ofProduct(() => ({ Count: 10_001 })),
    'iot.device.DeviceCountExceeded',
  ),
  unknownProduct('BatchRegisterDevice', { Count: 1 }),
  rejected('BatchRegisterDevice', 'no Count', ofProduct(), 'MissingCount'),

  good(
    'QueryBatchRegisterDeviceStatus',
    ofProduct(({ application }) => ({ ApplyId: application('CREATE_SUCCESS') })),
    {
      Data: { Status: 'CREATE_SUCCESS', ValidList: { Name: [] }, InvalidList: { Name: [] } },
    },
  ),
  refused(
    'QueryBatchRegisterDeviceStatus',
    'unknown application',
    ofProduct(() => ({ ApplyId: 1 })),
    'iot.device.DeviceApplyIsNotFound',
  ),
  refused(
    'QueryBatchRegisterDeviceStatus',
    "another product's application",
    ({ application, x509 }) => ({ ProductKey: x509, ApplyId: application('CHECK') }),
    'iot.device.IncorrentDeviceApplyInfo',
  ),

  good('QueryPageByApplyId', ({ application }) => ({ ApplyId: application('CREATE_SUCCESS', 3), PageSize: 2 }), {
    ApplyDeviceList: {
      ApplyDeviceInfo: Array.from({ length: 2 }, () => ({
        DeviceName: anyText,
        DeviceSecret: expect.stringMatching(/^\w{32}$/) as string,
        IotId: anyText,
      })),
    },
    ...{ Page: 1, PageCount: 2, PageSize: 2, Total: 3 },
  }),
  refused(
    'QueryPageByApplyId',
    'not created yet',
    ({ application }) => ({ ApplyId: application('CHECK_SUCCESS') }),
    'iot.device.CreateDeviceTaskIsRunning',
  ),
  refused(
    'QueryPageByApplyId',
    '51 a page',
    ({ application }) => ({ ApplyId: application('CREATE_SUCCESS'), PageSize: 51 }),
    'iot.common.InvalidPageParams',
  ),

  good('DeleteDevice', ({ seeded }) => ({ IotId: seeded().iotId }), {}, 'good, by IotId'),
  good(
    'DeleteDevice',
    ofProduct(({ seeded }) => ({ DeviceName: seeded().deviceName })),
    {},
    'good, by name',
  ),
  refused(
    'DeleteDevice',
    'unknown device',
    ofProduct(() => ({ DeviceName: 'nobody' })),
    'iot.device.NotExistedDevice',
  ),
  rejected('DeleteDevice', 'no name', ofProduct(), 'MissingDeviceName'),

  good(
    'QueryDevice',
    inInstance(({ seeded, enterprise }) => (seeded('only-1', enterprise.productKey), { PageSize: 5 })),
    {
      Data: { DeviceInfo: [{ DeviceName: 'only-1', DeviceStatus: 'UNACTIVE' }] },
      ...{ Page: 1, PageCount: 1, PageSize: 5, Total: 1, NextToken: '' },
    },
  ),
  refused(
    'QueryDevice',
    '51 a page',
    ofProduct(() => ({ PageSize: 51 })),
    'iot.common.InvalidPageParams',
  ),
  refused(
    'QueryDevice',
    'no instance named',
    ({ enterprise }) => ({ ProductKey: enterprise.productKey }),
    'iot.system.InstanceNotFound',
  ),

  good(
    'BatchQueryDeviceDetail',
    ofProduct(({ seeded }) => ({ DeviceName: [seeded('detail-1').deviceName, 'nobody'] })),
    { Data: { Data: [{ DeviceName: 'detail-1', Status: 'UNACTIVE', UtcActive: '', NodeType: 0 }] } },
    'good; unknown names are left out',
  ),
  refused('BatchQueryDeviceDetail', 'no names', ofProduct(), 'iot.device.NoneDeviceNameElement'),
  refused(
    'BatchQueryDeviceDetail',
    '101 names',
    ofProduct(() => ({ DeviceName: Array.from({ length: 101 }, (_, index) => `light-${index}`) })),
    'iot.device.DeviceCountExceeded',
  ),

  good('QueryDeviceDetail', ({ seeded }) => ({ IotId: seeded('detail-2').iotId }), {
    Data: { DeviceName: 'detail-2', Status: 'UNACTIVE', Owner: true, UtcOnline: '', Region: 'cn-shanghai' },
  }),
  refused(
    'QueryDeviceDetail',
    'unknown device',
    ofProduct(() => ({ DeviceName: 'nobody' })),
    'iot.device.NotExistedDevice',
  ),
  rejected('QueryDeviceDetail', 'no name', ofProduct(), 'MissingDeviceName'),

  good(
    'BatchGetDeviceState',
    ofProduct(({ seeded }) => ({ DeviceName: [seeded('state-1').deviceName] })),
    {
      DeviceStatusList: { DeviceStatus: [{ DeviceName: 'state-1', Status: 'UNACTIVE', LastOnlineTime: '' }] },
    },
  ),
  good(
    'BatchGetDeviceState',
    ({ seeded }) => ({ IotId: [seeded('state-2').iotId] }),
    { DeviceStatusList: { DeviceStatus: [{ DeviceName: 'state-2' }] } },
    'good, by IotId',
  ),
  refused('BatchGetDeviceState', 'no names', ofProduct(), 'iot.device.NoneDeviceNameElement'),

  good(
    'RegisterDevice',
    ofProduct(() => ({ DeviceName: 'single-1', Nickname: 'lamp_1' })),
    {
      Data: { DeviceName: 'single-1', Nickname: 'lamp_1', DeviceSecret: anyText, IotId: anyText },
    },
  ),
  good(
    'RegisterDevice',
    ofProduct(),
    { Data: { DeviceName: expect.stringMatching(/^\w{20}$/) as string } },
    'good, without a name',
  ),
  refused(
    'RegisterDevice',
    'name exists',
    ofProduct(({ seeded }) => ({ DeviceName: seeded().deviceName })),
    'iot.device.AlreadyExistedDeviceName',
  ),
  refused(
    'RegisterDevice',
    'malformed name',
    ofProduct(() => ({ DeviceName: 'abc' })),
    'iot.device.InvalidFormattedDeviceName',
  ),
  withoutProduct('RegisterDevice'),

  good('QueryCertUrlByApplyId', ({ application, x509 }) => ({ ApplyId: application('CREATE_SUCCESS', 2, x509) }), {
    CertUrl: expect.stringContaining('/_emulator/aliyun/certificates/') as string,
  }),
  refused(
    'QueryCertUrlByApplyId',
    'not an X.509 product',
    ({ application }) => ({ ApplyId: application('CREATE_SUCCESS') }),
    'iot.device.IncorrentDeviceApplyInfo',
  ),
  rejected('QueryCertUrlByApplyId', 'no ApplyId', () => ({}), 'MissingApplyId'),

  good('QueryDeviceCert', ({ seeded, x509 }) => ({ ProductKey: x509, DeviceName: seeded('cert-1', x509).deviceName }), {
    DeviceCertInfo: { Status: 2, CertSN: anyText, Certificate: pemOf('CERTIFICATE'), PrivateKey: pemOf('PRIVATE KEY') },
  }),
  refused(
    'QueryDeviceCert',
    'unknown device',
    ({ x509 }) => ({ ProductKey: x509, DeviceName: 'nobody' }),
    'iot.device.NotExistedDevice',
  ),
  withoutProduct('QueryDeviceCert', { DeviceName: 'nobody' }),

  good('CreateProduct', () => ({ ProductName: 'street lights', NodeType: 0, AliyunCommodityCode: 'iothub_senior' }), {
    ProductKey: expect.stringMatching(/^a1\w{9}$/) as string,
    Data: { ProductName: 'street lights', AuthType: 'secret', ProductSecret: anyText },
  }),
  refused(
    'CreateProduct',
    'name exists',
    () => ({ ProductName: 'emulated', NodeType: 0 }),
    'iot.prod.AlreadyExistedProductName',
  ),
  refused(
    'CreateProduct',
    'name too short',
    () => ({ ProductName: 'abc', NodeType: 0 }),
    'iot.prod.InvalidFormattedProductName',
  ),
  refused(
    'CreateProduct',
    'no such node type',
    () => ({ ProductName: 'four', NodeType: 7 }),
    'iot.prod.InvalidNodeType',
  ),
  rejected('CreateProduct', 'no NodeType', () => ({ ProductName: 'four' }), 'MissingNodeType'),

  good('QueryProduct', ofProduct(), {
    Data: { ProductName: 'emulated', DeviceCount: 0, ProductStatus: 'DEVELOPMENT_STATUS', Owner: true },
  }),
  unknownProduct('QueryProduct'),
  withoutProduct('QueryProduct'),

  good('QueryProductList', () => ({ CurrentPage: 1, PageSize: 200 }), {
    Data: { Total: 2, PageCount: 1, List: { ProductInfo: [{ AuthType: 'x509' }, { AuthType: 'secret' }] } },
  }),
  refused('QueryProductList', '201 a page', () => ({ CurrentPage: 1, PageSize: 201 }), 'iot.common.InvalidPageParams'),
  rejected('QueryProductList', 'no CurrentPage', () => ({ PageSize: 10 }), 'MissingCurrentPage'),

  good('DeleteProduct', ofProduct(), {}),
  refused(
    'DeleteProduct',
    'with devices in it',
    ofProduct(({ seeded }) => (seeded(), {})),
    'iot.system.IllegalRequest',
  ),
  unknownProduct('DeleteProduct'),

  good(
    'BatchImportDevice',
    inInstance(({ name }) => ({ DeviceList: [{ DeviceName: name(), DeviceSecret: 'ours', Sn: 'SN_1' }] })),
    { Data: { ApplyId: anyNumber } },
  ),
  refused(
    'BatchImportDevice',
    'everything malformed',
    inInstance(() => ({ DeviceList: [{ DeviceName: 'a b', DeviceSecret: 'x y', Sn: '%' }] })),
    'iot.device.InvalidFormattedDeviceName',
    {
      Data: {
        InvalidDeviceNameList: { invalidDeviceName: ['a b'] },
        InvalidDeviceSecretList: { invalidDeviceSecret: ['x y'] },
        InvalidSnList: { invalidSn: ['%'] },
        RepeatedDeviceNameList: { repeatedDeviceName: [] },
      },
    },
  ),
  refused(
    'BatchImportDevice',
    'public instance',
    ofProduct(() => ({ DeviceList: [{ DeviceName: 'light-1', DeviceSecret: 'ours' }] })),
    'iot.common.APINotSupportedInInstance',
  ),
  good(
    'BatchCheckImportDevice',
    inInstance(() => ({ DeviceList: [{ DeviceName: 'a b', DeviceSecret: 'x y', Sn: '%' }] })),
    { Data: { InvalidDeviceNameList: ['a b'], InvalidDeviceSecretList: ['x y'], InvalidSnList: ['%'] } },
    'good: it finds what is wrong',
  ),
  refused('BatchCheckImportDevice', 'no devices', inInstance(), 'iot.device.NoneDeviceNameElement'),
  good(
    'QueryImportedDeviceByApplyId',
    inInstance(({ imported }) => ({ ApplyId: imported(2), PageNo: 1, PageSize: 1 })),
    {
      DeviceList: { device: [{ DeviceName: anyText, DeviceSecret: 'ours', Sn: 'SN_1' }] },
      ...{ PageNo: 1, PageSize: 1, TotalPage: 2 },
    },
  ),
  refused(
    'QueryImportedDeviceByApplyId',
    'no import',
    ({ application }) => ({ ApplyId: application('CREATE_SUCCESS'), PageNo: 1, PageSize: 10 }),
    'iot.device.DeviceApplyIsNotFound',
  ),
  rejected(
    'QueryImportedDeviceByApplyId',
    'no PageNo',
    inInstance(({ imported }) => ({ ApplyId: imported(1) })),
    'MissingPageNo',
  ),

  ...gatewayCases(),
];

/** What can befall any operation. */
function gatewayCases(): Case[] {
  const asks = (what: string, rest: Pick<Case, 'expected' | 'keys' | 'prepare'>): Case => ({
    operation: 'QueryProduct',
    what,
    parameters: ofProduct(),
    ...rest,
  });
  const failing = (code: string, status: number) => ({
    expected: { gateway: code, status },
    prepare: ({ emulator }: Stage) => emulator.faults.add({ fault: { kind: 'gatewayError', code, status } }),
  });
  const temporary = { accessKeyId: 'STS.temporary', accessKeySecret: 'of-today', securityToken: 'tok/+=en' };
  const seedTemporary = ({ emulator }: Stage) => emulator.aliyun.seed({ keys: [temporary] });
  return [
    asks('good, with a temporary key', {
      prepare: seedTemporary,
      keys: () => temporary,
      expected: { Data: { ProductName: 'emulated' } },
    }),
    asks("another key's token", {
      prepare: seedTemporary,
      keys: () => ({ ...temporary, securityToken: 'another' }),
      expected: { gateway: 'InvalidSecurityToken.MismatchWithAccessKey', status: 400 },
    }),
    asks('no token', {
      prepare: seedTemporary,
      keys: () => ({ ...temporary, securityToken: undefined }),
      expected: { gateway: 'MissingSecurityToken', status: 400 },
    }),
    asks('token at its end', {
      prepare: ({ emulator }) => emulator.aliyun.seed({ keys: [{ ...temporary, expiresAt: Date.now() - 1 }] }),
      keys: () => temporary,
      expected: { gateway: 'InvalidSecurityToken.Expired', status: 400 },
    }),
    asks('unknown key', {
      keys: () => ({ accessKeyId: 'nobody', accessKeySecret: 'x' }),
      expected: { gateway: 'InvalidAccessKeyId.NotFound', status: 404 },
    }),
    asks('disabled key', {
      prepare: ({ emulator }) => emulator.aliyun.seed({ keys: [{ ...temporary, active: false }] }),
      keys: () => temporary,
      expected: { gateway: 'InvalidAccessKeyId.Inactive', status: 400 },
    }),
    asks('wrong secret', {
      keys: ({ emulator }) => ({ ...emulator.aliyun.accessKey, accessKeySecret: 'wrong' }),
      expected: { gateway: 'SignatureDoesNotMatch', status: 400 },
    }),
    asks('denied by RAM', {
      prepare: ({ emulator }) => emulator.aliyun.seed({ keys: [{ ...temporary, denied: ['QueryProduct'] }] }),
      keys: () => temporary,
      expected: { gateway: 'NoPermission', status: 403 },
    }),
    asks('clock 16 minutes off', {
      prepare: ({ emulator }) => emulator.faults.add({ fault: { kind: 'clockSkew', ms: 16 * 60_000 } }),
      expected: { gateway: 'InvalidTimeStamp.Expired', status: 400 },
    }),
    asks('too many calls', {
      prepare: ({ emulator }) => emulator.aliyun.rates.take({ bucket: 'QueryProduct', perSecond: 0.01 }, Date.now()),
      expected: { gateway: 'Throttling.User', status: 400 },
    }),
    asks('the service is down', {
      prepare: ({ emulator }) =>
        emulator.faults.add({ fault: { kind: 'businessError', code: 'iot.system.SystemException' } }),
      expected: { service: 'iot.system.SystemException' },
    }),
    asks('internal error', failing('InternalError', 500)),
    asks('service unavailable', failing('ServiceUnavailable', 503)),
    asks('account at risk', failing('Forbidden.RiskControl', 403)),
    rejected('QueryDeviceProp', 'not emulated', () => ({ IotId: 'any' }), 'InvalidApi.NotFound', 404),
  ];
}
