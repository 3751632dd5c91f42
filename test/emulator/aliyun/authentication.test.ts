import { IotEmulator } from '../../../emulator';
import { call, signedCall, VirtualClock } from '../signed-call';

const minute = 60_000;
let clock: VirtualClock;
let emulator: IotEmulator;
beforeEach(() => {
  clock = new VirtualClock();
  emulator = new IotEmulator({ clock });
});

const queryProduct = (options: Parameters<typeof call>[3] = {}) =>
  call(emulator, 'QueryProduct', { ProductKey: emulator.aliyun.productKey }, options);

test('a date may be 15 minutes off, and no second more', () => {
  expect(queryProduct({ date: clock.now() - 15 * minute }).status).toBe(200);
  expect(queryProduct({ date: clock.now() + 15 * minute }).status).toBe(200);
  const expired = { status: 400, body: { Code: 'InvalidTimeStamp.Expired' } };
  expect(queryProduct({ date: clock.now() - 15 * minute - 1_000 })).toMatchObject(expired);
  expect(queryProduct({ date: clock.now() + 15 * minute + 1_000 })).toMatchObject(expired);
});

test('a date in another form is refused', () => {
  const answer = queryProduct({ headers: { 'x-acs-date': '2026-01-02 03:04:05' } });
  expect(answer).toMatchObject({ status: 400, body: { Code: 'InvalidTimeStamp.Format' } });
});

test('fast or advanced jobs do not make dates expire', () => {
  emulator.setSpeed(10_000);
  emulator.advance(24 * 60 * minute);
  expect(queryProduct().status).toBe(200);
});

test('a nonce serves once, is remembered for 30 minutes and then forgotten', () => {
  const nonce = 'once';
  expect(queryProduct({ nonce }).status).toBe(200);
  expect(queryProduct({ nonce })).toMatchObject({ status: 400, body: { Code: 'SignatureNonceUsed' } });
  clock.pass(30 * minute);
  expect(queryProduct({ nonce }).body).toMatchObject({ Code: 'SignatureNonceUsed' });
  clock.pass(1);
  expect(queryProduct({ nonce }).status).toBe(200);
});

test('a nonce is remembered as long by a cloud whose clock is ahead', () => {
  emulator.aliyun.clockSkewMs = 25 * minute;
  const again = () => queryProduct({ nonce: 'once', date: clock.now() + 25 * minute });
  expect(again().status).toBe(200);
  clock.pass(30 * minute);
  expect(again().body).toMatchObject({ Code: 'SignatureNonceUsed' });
});

test('a nonce is not used up by a call whose signature was wrong', () => {
  const key = { ...emulator.aliyun.accessKey, accessKeySecret: 'wrong' };
  expect(queryProduct({ nonce: 'kept', key }).body).toMatchObject({ Code: 'SignatureDoesNotMatch' });
  expect(queryProduct({ nonce: 'kept' }).status).toBe(200);
});

test('a temporary key needs its token, and ends', () => {
  const temporary = { accessKeyId: 'STS.1', accessKeySecret: 's', securityToken: 't', expiresAt: clock.now() + minute };
  emulator.aliyun.seed({ keys: [temporary] });
  const { securityToken, ...bare } = temporary;
  expect(queryProduct({ key: temporary }).status).toBe(200);
  expect(queryProduct({ key: bare })).toMatchObject({ status: 400, body: { Code: 'MissingSecurityToken' } });
  expect(queryProduct({ key: { ...bare, securityToken: `${securityToken}!` } }).body).toMatchObject({
    Code: 'InvalidSecurityToken.MismatchWithAccessKey',
  });
  clock.pass(minute);
  expect(queryProduct({ key: temporary }).body).toMatchObject({ Code: 'InvalidSecurityToken.Expired' });
});

test('a disabled key is refused', () => {
  const key = { accessKeyId: 'old', accessKeySecret: 's', active: false };
  emulator.aliyun.seed({ keys: [key] });
  expect(queryProduct({ key }).body).toMatchObject({ Code: 'InvalidAccessKeyId.Inactive' });
});

test.each([
  ['NoPermission', 403],
  ['Forbidden.RAM', 403],
  ['iot.common.RamActionPermissionDeny', 200],
] as const)('an operation denied by RAM is answered %s with HTTP %i', (ramDenial, status) => {
  emulator.aliyun.assumptions.ramDenial = ramDenial;
  const key = { accessKeyId: 'reader', accessKeySecret: 's', denied: ['DeleteDevice'] };
  emulator.aliyun.seed({ keys: [key] });
  const denied = call(emulator, 'DeleteDevice', { IotId: 'x' }, { key });
  expect(denied).toMatchObject({ status, body: { Code: ramDenial } });
  expect(queryProduct({ key }).status).toBe(200);
});

test('a gateway error has the host, a message and where to read on', () => {
  const { headers, body } = queryProduct({ key: { accessKeyId: 'nobody', accessKeySecret: 's' } });
  expect(headers['content-type']).toContain('application/json');
  expect(body).toEqual({
    RequestId: expect.stringMatching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/) as string,
    HostId: 'iot.cn-shanghai.aliyuncs.com',
    Code: 'InvalidAccessKeyId.NotFound',
    Message: 'Specified access key is not found.',
    Recommend: 'https://next.api.aliyun.com/troubleshoot?q=InvalidAccessKeyId.NotFound&product=Iot',
  });
});

test.each([
  ['another version', { headers: { 'x-acs-version': '2020-01-01' } }, 400, 'NoSuchVersion'],
  ['another method', { method: 'PUT' }, 403, 'UnsupportedHTTPMethod'],
])('%s is refused', (_, options, status, code) => {
  expect(queryProduct(options)).toMatchObject({ status, body: { Code: code } });
});

test('GET is as good as POST', () => {
  expect(queryProduct({ method: 'GET' }).body).toMatchObject({ Success: true });
});

test('the Date header and the tolerance follow a skewed cloud', () => {
  emulator.aliyun.clockSkewMs = 20 * minute;
  const { headers, body } = queryProduct();
  expect(body).toMatchObject({ Code: 'InvalidTimeStamp.Expired' });
  const theirs = Date.parse(headers.date ?? '');
  expect(theirs - clock.now()).toBe(20 * minute);
  expect(queryProduct({ date: theirs }).status).toBe(200);
});

test('without an Authorization header nothing is done', () => {
  const { headers, ...request } = signedCall(emulator.aliyun.accessKey, 'DeleteDevice', { IotId: 'x' });
  emulator.handle({ ...request, headers: { ...headers, authorization: undefined } });
  expect(emulator.journal.calls('DeleteDevice')).toMatchObject([{ executed: false, code: 'IncompleteSignature' }]);
});
