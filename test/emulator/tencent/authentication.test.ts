import { IotEmulator, type TencentAssumptions } from '../../../emulator';
import { VirtualClock } from '../signed-call';
import { callLegacy, callVersion1 } from './query-call';
import { callTc3, tc3Call, tc3Outcome } from './tc3-call';

const minute = 60_000;
let clock: VirtualClock;
let emulator: IotEmulator;
beforeEach(() => {
  clock = new VirtualClock();
  emulator = new IotEmulator({ clock });
});

const assume = (assumptions: Partial<TencentAssumptions>) => Object.assign(emulator.tencent.assumptions, assumptions);
const product = () => ({ ProductId: emulator.tencent.productId });
const describeProduct = (options: Parameters<typeof callTc3>[3] = {}) =>
  callTc3(emulator, 'DescribeProduct', product(), options);
const byVersion1 = (options: Parameters<typeof callVersion1>[3] = {}) =>
  callVersion1(emulator, 'DescribeProduct', product(), options);
const listDevices = (options: Parameters<typeof callLegacy>[3] = {}) =>
  callLegacy(emulator, 'ListDevices', { productID: emulator.tencent.productId, pageNum: 1, pageSize: 10 }, options);

type Options = { date?: number; key?: { secretId: string; secretKey: string; token?: string } };
const schemes: [string, (options: Options) => string | number | undefined, Record<string, string | number>][] = [
  ['TC3', (options) => describeProduct(options).code, {}],
  ['version 1', (options) => byVersion1(options).code, {}],
  [
    'API 2.0',
    (options) => listDevices(options).code || undefined,
    {
      SignatureExpire: 4500,
      SignatureFailure: 4100,
      SecretIdNotFound: 4104,
      TokenFailure: 4105,
      UnauthorizedOperation: 4103,
    },
  ],
];

describe.each(schemes)('%s', (_, code, numbers) => {
  const failure = (name: string) => numbers[name] ?? `AuthFailure.${name}`;

  test('a time may be 5 minutes off, and no second more', () => {
    expect(code({ date: clock.now() - 5 * minute })).toBeUndefined();
    expect(code({ date: clock.now() + 5 * minute })).toBeUndefined();
    expect(code({ date: clock.now() - 5 * minute - 1_000 })).toBe(failure('SignatureExpire'));
    expect(code({ date: clock.now() + 5 * minute + 1_000 })).toBe(failure('SignatureExpire'));
  });

  test('a wrong secret, an unknown key and a disabled key are refused', () => {
    const { secretId } = emulator.tencent.apiKey;
    expect(code({ key: { secretId, secretKey: 'wrong' } })).toBe(failure('SignatureFailure'));
    expect(code({ key: { secretId: 'nobody', secretKey: 's' } })).toBe(failure('SecretIdNotFound'));
    const key = { secretId: 'old', secretKey: 's', active: false };
    emulator.tencent.seed({ keys: [key] });
    expect(code({ key })).toBe(failure('SecretIdNotFound'));
  });

  test('a temporary key needs its token, and ends', () => {
    const temporary = { secretId: 'AKIDtemporary', secretKey: 's', token: 't/+=', expiresAt: clock.now() + minute };
    emulator.tencent.seed({ keys: [temporary] });
    expect(code({ key: temporary })).toBeUndefined();
    expect(code({ key: { secretId: temporary.secretId, secretKey: 's' } })).toBe(failure('TokenFailure'));
    expect(code({ key: { ...temporary, token: 'other' } })).toBe(failure('TokenFailure'));
    clock.pass(minute);
    expect(code({ key: temporary })).toBe(failure('TokenFailure'));
  });

  test('an operation that the key is denied', () => {
    const key = { secretId: 'reader', secretKey: 's', denied: ['*'] };
    emulator.tencent.seed({ keys: [key] });
    expect(code({ key })).toBe(failure('UnauthorizedOperation'));
  });

  test('fast or advanced tasks do not make times expire', () => {
    emulator.setSpeed(10_000);
    emulator.advance(24 * 60 * minute);
    expect(code({})).toBeUndefined();
  });

  test('a cloud whose clock is ahead goes by it', () => {
    emulator.tencent.clockSkewMs = 20 * minute;
    expect(code({})).toBe(failure('SignatureExpire'));
    expect(code({ date: clock.now() + 20 * minute })).toBeUndefined();
  });
});

test('the same bytes signed by TC3 may come again, as long as their time is good', () => {
  const request = tc3Call(emulator.tencent.apiKey, 'DescribeProduct', product(), { date: clock.now() });
  const outcome = () => {
    const answer = emulator.handle(request);
    return answer.kind === 'answered' ? tc3Outcome(answer).code : 'dropped';
  };
  expect([outcome(), outcome()]).toEqual([undefined, undefined]);
  clock.pass(5 * minute + 1_000);
  expect(outcome()).toBe('AuthFailure.SignatureExpire');
});

test('the other signatures serve once', () => {
  expect([byVersion1({ nonce: 7 }).code, byVersion1({ nonce: 7 }).code]).toEqual([
    undefined,
    'AuthFailure.SignatureFailure',
  ]);
  assume({ reusedNonce: 'AuthFailure.SignatureExpire' });
  expect(byVersion1({ nonce: 7 }).code).toBe('AuthFailure.SignatureExpire');
  expect([listDevices({ nonce: 8 }).code, listDevices({ nonce: 8 }).code]).toEqual([0, 4500]);
});

test('the same Nonce at another time is another one, and one with a wrong signature is not used up', () => {
  expect(byVersion1({ nonce: 7, signature: 'wrong' }).code).toBe('AuthFailure.SignatureFailure');
  expect(byVersion1({ nonce: 7 }).code).toBeUndefined();
  clock.pass(1_000);
  expect(byVersion1({ nonce: 7 }).code).toBeUndefined();
});

test('older lists of API 2.0 have another code for a time too far away', () => {
  assume({ legacyExpired: 4200 });
  expect(listDevices({ date: clock.now() - 10 * minute }).code).toBe(4200);
});

test('CAM may deny by the other code', () => {
  assume({ camDenial: 'UnauthorizedOperation' });
  const key = { secretId: 'reader', secretKey: 's', denied: ['DescribeProduct'] };
  emulator.tencent.seed({ keys: [key] });
  expect(describeProduct({ key }).code).toBe('UnauthorizedOperation');
});

test('every answer is HTTP 200, with a request id inside', () => {
  const failed = describeProduct({ key: { secretId: 'nobody', secretKey: 's' } });
  expect(failed.status).toBe(200);
  expect(failed.headers['content-type']).toContain('application/json');
  expect(failed.body).toEqual({
    Error: { Code: 'AuthFailure.SecretIdNotFound', Message: expect.any(String) as string },
    RequestId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string,
  });
});

test('a trace id is sent back', () => {
  expect(describeProduct({ headers: { 'x-tc-traceid': 'mine' } }).headers['x-tc-traceid']).toBe('mine');
});

test.each([
  ['an unknown version', { version: '2020-01-01' }, 'NoSuchVersion'],
  ['an operation that the version does not have', { version: '2021-04-08' }, 'InvalidAction'],
  ['another method', { method: 'PUT' }, 'UnsupportedProtocol'],
  ['a body that is no JSON', { body: '{' }, 'InvalidRequest'],
  ['a body that is no object', { body: '[]' }, 'InvalidRequest'],
  ['a body of 10 MB and more', { body: ' '.repeat(10 * 1024 * 1024) }, 'RequestSizeLimitExceeded'],
  ['a query of 32 KB and more', { method: 'GET', url: `/?A=${'x'.repeat(32 * 1024)}` }, 'RequestSizeLimitExceeded'],
] as const)('%s is refused', (_, options, code) => {
  expect(describeProduct(options).code).toBe(code);
});

test('an unknown version may be an unknown action', () => {
  assume({ unknownVersion: 'InvalidAction' });
  expect(describeProduct({ version: '2020-01-01' }).code).toBe('InvalidAction');
});

test('the international site has no batch operations', () => {
  emulator.tencent.versions = ['2021-04-08'];
  expect(describeProduct().code).toBe('NoSuchVersion');
});

test('an unknown operation, an unknown parameter, one that is missing, and one of another type are refused', () => {
  const code = (operation: string, parameters: unknown) => callTc3(emulator, operation, parameters).code;
  expect(code('Nonsense', {})).toBe('InvalidAction');
  expect(code('DescribeProduct', { ...product(), More: 1 })).toBe('UnknownParameter');
  expect(code('DescribeProduct', {})).toBe('MissingParameter');
  expect(code('DescribeProduct', { ProductId: 1 })).toBe('InvalidParameter');
  expect(code('CreateMultiDevice', { ...product(), DeviceNames: 'light-1' })).toBe('InvalidParameter');
  assume({ unknownParameter: 'ignored', missingParameter: 'InvalidParameter' });
  expect(code('DescribeProduct', { ...product(), More: 1 })).toBeUndefined();
  expect(code('DescribeProduct', {})).toBe('InvalidParameter');
});

test('TC3 by GET has its parameters in the query', () => {
  const outcome = describeProduct({ method: 'GET', url: `/?ProductId=${emulator.tencent.productId}` });
  expect(outcome.body).toMatchObject({ ProductId: emulator.tencent.productId });
});

test('a call without a signature does nothing', () => {
  const request = tc3Call(emulator.tencent.apiKey, 'DeleteDevice', { ...product(), DeviceName: 'a' });
  emulator.handle({ ...request, headers: { ...request.headers, authorization: undefined } });
  expect(emulator.journal.calls('DeleteDevice')).toMatchObject([
    { cloud: 'tencent', executed: false, code: expect.stringMatching(/^AuthFailure/) as string },
  ]);
});

test('no answer and no journal has the secret of the key', () => {
  const { secretKey, secretId } = emulator.tencent.apiKey;
  const answers = [
    describeProduct(),
    byVersion1(),
    listDevices(),
    describeProduct({ key: { secretId, secretKey: 'x' } }),
  ];
  expect(JSON.stringify([answers, emulator.journal.calls()])).not.toContain(secretKey);
});
