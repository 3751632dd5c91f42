import { IotEmulator } from '../../../emulator';
import { toXml } from '../../../emulator/aliyun/xml';
import { callRpc, type RpcOptions } from '../rpc-call';
import { call, signedCall, VirtualClock } from '../signed-call';
import { sent } from '../rpc-call';

const declaration = "<?xml version='1.0' encoding='utf-8'?>\n";
let clock: VirtualClock;
let emulator: IotEmulator;
beforeEach(() => {
  clock = new VirtualClock();
  emulator = new IotEmulator({ clock });
});

const queryProduct = (options: RpcOptions) =>
  callRpc(emulator, 'QueryProduct', { ProductKey: emulator.aliyun.productKey }, options);
const rootOf = (text: string) => /^<\?xml [^>]*\?>\s*<(\w+)/.exec(text)?.[1] ?? 'no XML';

function applied(): number {
  const check = { ProductKey: emulator.aliyun.productKey, DeviceName: ['light-1', 'light-2'] };
  const applyId = (call(emulator, 'BatchCheckDeviceNames', check).body.Data as { ApplyId: number }).ApplyId;
  clock.pass(1_000);
  return applyId;
}
const status = (applyId: number) =>
  callRpc(
    emulator,
    'QueryBatchRegisterDeviceStatus',
    { ProductKey: emulator.aliyun.productKey, ApplyId: applyId },
    { format: 'XML' },
  );

test.each<[string, RpcOptions]>([
  ['without Format', { format: undefined }],
  ['with a Format that does not exist', { format: 'YAML' }],
  ['for XML', { format: 'XML' }],
  ['for xml', { format: 'xml' }],
  ['for JSON in Accept only', { format: undefined, headers: { accept: 'application/json' } }],
])('a call of the older scheme %s is answered in XML', (_, options) => {
  const { status: code, headers, text } = queryProduct(options);
  expect([code, headers['content-type'], rootOf(text)]).toEqual([
    200,
    'text/xml;charset=utf-8',
    'QueryProductResponse',
  ]);
});

test.each(['JSON', 'json'])('Format=%s is answered in JSON', (format) => {
  expect(JSON.parse(queryProduct({ format }).text)).toMatchObject({ Success: true });
});

test.each([
  ['application/json', 'XML', 'no XML'],
  ['text/xml', 'JSON', 'QueryProductResponse'],
  ['*/*', 'XML', 'QueryProductResponse'],
  ['*/*', 'JSON', 'no XML'],
] as const)('an ACS3 call that accepts %s, where %s is assumed, gets the root %s', (accept, assumed, root) => {
  emulator.aliyun.assumptions.acs3WithoutAccept = assumed;
  const { accessKey, productKey } = emulator.aliyun;
  const request = signedCall(accessKey, 'QueryProduct', { ProductKey: productKey }, { date: clock.now() });
  expect(rootOf(sent(emulator, { ...request, headers: { ...request.headers, accept } }).text)).toBe(root);
});

test("the status is written as in the vendor's sample: empty lists are empty elements", () => {
  emulator.aliyun.assumptions.statusXmlRoot = 'QueryBatchCheckDeviceNamesStatusResponse';
  const { text } = status(applied());
  const requestId = emulator.journal.calls().at(-1)?.requestId;
  expect(text).toBe(
    `${declaration}<QueryBatchCheckDeviceNamesStatusResponse><RequestId>${requestId}</RequestId><Success>true</Success>` +
      '<Data><Status>CHECK_SUCCESS</Status><ValidList/><InvalidList/><InvalidDetailList/></Data>' +
      '</QueryBatchCheckDeviceNamesStatusResponse>',
  );
});

test('the root of the status follows the rule, unless the odd one is assumed', () => {
  const applyId = applied();
  expect(rootOf(status(applyId).text)).toBe('QueryBatchRegisterDeviceStatusResponse');
  emulator.aliyun.assumptions.statusXmlRoot = 'QueryBatchCheckDeviceNamesStatusResponse';
  expect(rootOf(status(applyId).text)).toBe('QueryBatchCheckDeviceNamesStatusResponse');
});

test('a list repeats its element', () => {
  const productKey = emulator.aliyun.productKey;
  const applyId = applied();
  emulator.aliyun.seed({ devices: [{ productKey, deviceName: 'light-2' }] });
  call(emulator, 'BatchRegisterDeviceWithApplyId', { ProductKey: productKey, ApplyId: applyId });
  clock.pass(60_000);
  expect(status(applyId).text).toContain(
    '<Status>CREATE_FAILED</Status><ValidList><Name>light-1</Name></ValidList><InvalidList><Name>light-2</Name></InvalidList>' +
      '<InvalidDetailList><invalidDetailList><DeviceName>light-2</DeviceName><NickName/>' +
      '<ErrorMsg>The device name already exists.</ErrorMsg></invalidDetailList></InvalidDetailList>',
  );
});

test('a business error keeps the root of its operation', () => {
  const { status: code, text } = status(1);
  expect(code).toBe(200);
  expect(rootOf(text)).toBe('QueryBatchRegisterDeviceStatusResponse');
  expect(text).toContain('<Success>false</Success><Code>iot.device.DeviceApplyIsNotFound</Code><ErrorMessage>');
});

test('a gateway error has the root Error, which is how the SDK of the vendor knows it', () => {
  const { status: code, headers, text } = queryProduct({ format: undefined, common: { Version: '1' } });
  expect([code, headers['content-type'], rootOf(text)]).toEqual([400, 'text/xml;charset=utf-8', 'Error']);
  expect(text).toContain('<HostId>iot.cn-shanghai.aliyuncs.com</HostId><Code>NoSuchVersion</Code><Message>');
});

test('text is escaped, and what XML cannot say is replaced', () => {
  expect(toXml('R', { A: `<&>"'`, B: 'a\u0000b\tc', C: null, D: [1, false], E: {}, F: undefined })).toBe(
    `${declaration}<R><A>&lt;&amp;&gt;&quot;&apos;</A><B>a\ufffdb\tc</B><C/><D>1</D><D>false</D><E/></R>`,
  );
});

test('faults break XML as they break JSON', () => {
  emulator.faults.add({ fault: { kind: 'wrappers', as: 'missing' } });
  expect(status(applied()).text).toContain('<Data><Status>CHECK_SUCCESS</Status></Data>');
  emulator.faults.clear();
  emulator.faults.add({ fault: { kind: 'truncated' } });
  expect(status(1).text).not.toContain('</QueryBatchRegisterDeviceStatusResponse>');
});
