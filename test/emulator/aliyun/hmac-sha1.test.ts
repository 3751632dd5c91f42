import { IotEmulator } from '../../../emulator';
import { percentEncode } from '../../../emulator/aliyun/encoding';
import { canonicalQuery, hmacSha1Claim, signature, stringToSign } from '../../../emulator/aliyun/hmac-sha1';
import { Parameters } from '../../../emulator/aliyun/parameters';
import { callRpc, rpcCall, type RpcOptions, sent } from '../rpc-call';
import { call, VirtualClock } from '../signed-call';

const common = {
  AccessKeyId: 'testid',
  SignatureMethod: 'HMAC-SHA1',
  SignatureVersion: '1.0',
};
const ours = {
  ...common,
  Format: 'JSON',
  Version: '2018-01-20',
  RegionId: 'cn-shanghai',
  Timestamp: '2026-01-02T03:04:05Z',
};
const check = {
  ...ours,
  Action: 'BatchCheckDeviceNames',
  ProductKey: 'a1BwAGV0000',
  SignatureNonce: '00000000-0000-4000-8000-000000000001',
};
const names = (list: readonly string[]) =>
  Object.fromEntries(list.map((name, index) => [`DeviceName.${index + 1}`, name]));

/** R0 is the vendor's published example; R1 to R4 are what its SDK makes of our own calls. */
const vectors: { name: string; method: string; parameters: Record<string, string>; expected: string }[] = [
  {
    name: "R0, the vendor's example",
    method: 'GET',
    parameters: {
      ...common,
      Format: 'XML',
      Action: 'DescribeRegions',
      Version: '2014-05-26',
      SignatureNonce: '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf',
      Timestamp: '2016-02-23T12:46:24Z',
    },
    expected: 'OLeaidS1JvxuMvnyHOwuJ+uX5qY=',
  },
  {
    name: 'R1, characters that are encoded in one alphabet and not in another',
    method: 'POST',
    parameters: { ...check, ...names(['dev-01', 'dev_02', 'a@b:c.d', 'dev 04+*~']) },
    expected: 'qTFBCevs1dMmoNbEroCMMkA0Bmk=',
  },
  {
    name: 'R2, eleven names, so that 10 and 11 sort before 2',
    method: 'POST',
    parameters: {
      ...check,
      ...names(Array.from({ length: 11 }, (_, index) => `n${String(index + 1).padStart(4, '0')}`)),
    },
    expected: 'TXF66oV4FKMwjVLp5dTyLMp4E/Y=',
  },
  {
    name: 'R3, a temporary key, and names with nicknames',
    method: 'POST',
    parameters: {
      ...check,
      SecurityToken: 'tok/+=en',
      'DeviceNameList.1.DeviceName': 'dev-01',
      'DeviceNameList.1.DeviceNickname': '灯_1',
      'DeviceNameList.2.DeviceName': 'dev-02',
    },
    expected: '6RhDPilH70FIi1BSxyMXOQew1LI=',
  },
  {
    name: 'R4, a query by GET',
    method: 'GET',
    parameters: {
      ...ours,
      Action: 'QueryPageByApplyId',
      ApplyId: '1295006',
      CurrentPage: '1',
      PageSize: '50',
      SignatureNonce: '00000000-0000-4000-8000-000000000002',
    },
    expected: 'zMO7qZ2fUtwB5Cpy7tyPDMMtXkk=',
  },
];

const encoders: [string, (text: string) => string][] = [
  ["the vendor's alphabet", percentEncode],
  ['the alphabet of forms, with + for a space', (text) => new URLSearchParams([['', text]]).toString().slice(1)],
];

function verified(method: string, query: string, form: string, secret = 'testsecret'): string {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const request = { method, url: `/?${query}`, headers, body: Buffer.from(form) };
  try {
    hmacSha1Claim(method, new Parameters(request, { missingParameter: 'gateway' })).verify(secret);
    return 'verified';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe.each(vectors)('HMAC-SHA1: $name', ({ method, parameters, expected }) => {
  const written = (encode: (text: string) => string, only: (key: string) => boolean = () => true) =>
    Object.entries({ ...parameters, Signature: expected })
      .filter(([key]) => only(key))
      .map(([key, value]) => `${key}=${encode(value)}`)
      .join('&');

  test('gives the known signature', () => {
    expect(signature('testsecret', stringToSign(method, canonicalQuery(Object.entries(parameters))))).toBe(expected);
  });

  test.each(encoders)('is verified in the query, the form, or both, in %s', (_, encode) => {
    const isCommon = (key: string) => key in common || key in ours || key === 'Signature';
    expect(verified(method, written(encode), '')).toBe('verified');
    expect(verified(method, '', written(encode))).toBe('verified');
    const rest = written(encode, (key) => !isCommon(key));
    expect(verified(method, written(encode, isCommon), rest)).toBe('verified');
  });

  test('is refused with another secret, method or parameter', () => {
    const query = written(percentEncode);
    const refused = 'SignatureDoesNotMatch';
    expect(verified(method, query, '', 'guessed')).toBe(refused);
    expect(verified(method === 'GET' ? 'POST' : 'GET', query, '')).toBe(refused);
    expect(verified(method, query, 'More=1')).toBe(refused);
    expect(verified(method, `${query}&Action=DeleteDevice`, '')).toBe(refused);
  });
});

describe('a call that is signed with HMAC-SHA1', () => {
  const minute = 60_000;
  let clock: VirtualClock;
  let emulator: IotEmulator;
  beforeEach(() => {
    clock = new VirtualClock();
    emulator = new IotEmulator({ clock });
  });

  const queryProduct = (options: RpcOptions = {}) => {
    const { status, text } = callRpc(emulator, 'QueryProduct', { ProductKey: emulator.aliyun.productKey }, options);
    return { status, body: JSON.parse(text) as Record<string, unknown> };
  };
  const refused = (Code: string, status = 400) => ({ status, body: { Code } });

  test.each<RpcOptions>([{ method: 'GET' }, { method: 'POST' }, { method: 'POST', split: true }])(
    'is as good by %j',
    (options) => expect(queryProduct(options)).toMatchObject({ status: 200, body: { Success: true } }),
  );

  test('has 15 minutes and one use, like any other', () => {
    expect(queryProduct({ date: clock.now() - 15 * minute }).status).toBe(200);
    expect(queryProduct({ date: clock.now() - 15 * minute - 1_000 })).toMatchObject(
      refused('InvalidTimeStamp.Expired'),
    );
    expect(queryProduct({ common: { Timestamp: '2026-01-02' } })).toMatchObject(refused('InvalidTimeStamp.Format'));
    expect(queryProduct({ nonce: 'once' }).status).toBe(200);
    expect(queryProduct({ nonce: 'once' })).toMatchObject(refused('SignatureNonceUsed'));
  });

  test('shares its nonces with ACS3', () => {
    expect(queryProduct({ nonce: 'once' }).status).toBe(200);
    const again = call(emulator, 'QueryProduct', { ProductKey: emulator.aliyun.productKey }, { nonce: 'once' });
    expect(again.body).toMatchObject({ Code: 'SignatureNonceUsed' });
  });

  test('may come from a temporary key, with its token', () => {
    const key = {
      accessKeyId: 'STS.1',
      accessKeySecret: 's',
      securityToken: 'tok/+=en',
      expiresAt: clock.now() + minute,
    };
    emulator.aliyun.seed({ keys: [key] });
    expect(queryProduct({ key }).status).toBe(200);
    expect(queryProduct({ key: { ...key, securityToken: undefined } })).toMatchObject(refused('MissingSecurityToken'));
    expect(queryProduct({ key: { ...key, securityToken: 'another' } })).toMatchObject(
      refused('InvalidSecurityToken.MismatchWithAccessKey'),
    );
    clock.pass(minute);
    expect(queryProduct({ key })).toMatchObject(refused('InvalidSecurityToken.Expired'));
  });

  test.each<[string, Record<string, string | undefined>, string]>([
    ['without a key id', { AccessKeyId: undefined }, 'MissingAccessKeyId'],
    ['without a date', { Timestamp: undefined }, 'MissingTimestamp'],
    ['without a nonce', { SignatureNonce: undefined }, 'MissingSignatureNonce'],
    ['without a method', { SignatureMethod: undefined }, 'MissingSignatureMethod'],
    ['with another method', { SignatureMethod: 'HMAC-SHA256' }, 'InvalidParameter'],
    ['with another scheme version', { SignatureVersion: '2.0' }, 'InvalidParameter'],
    ['without an action', { Action: undefined }, 'MissingAction'],
    ['with another API version', { Version: '2020-01-01' }, 'NoSuchVersion'],
  ])('is refused %s', (_, changes, code) => {
    expect(queryProduct({ common: changes })).toMatchObject(refused(code));
  });

  test('is refused without its signature', () => {
    const request = rpcCall(emulator.aliyun.accessKey, 'QueryProduct', {}, { method: 'GET', date: clock.now() });
    const { status, text } = sent(emulator, { ...request, url: request.url.replace(/&Signature=[^&]*/, '') });
    expect({ status, body: JSON.parse(text) as unknown }).toMatchObject(refused('IncompleteSignature'));
  });

  test('is refused with an unknown key, as not found', () => {
    const key = { accessKeyId: 'nobody', accessKeySecret: 's' };
    expect(queryProduct({ key })).toMatchObject(refused('InvalidAccessKeyId.NotFound', 404));
  });

  test('does what its signed Action says, not what a header says', () => {
    emulator.aliyun.seed({ devices: [{ productKey: emulator.aliyun.productKey, deviceName: 'light-1' }] });
    const { status } = queryProduct({ headers: { 'x-acs-action': 'DeleteDevice', 'x-acs-version': '1' } });
    expect(status).toBe(200);
    expect(emulator.journal.calls().map(({ operation }) => operation)).toEqual(['QueryProduct']);
  });

  test('is told what was signed, but neither secret nor token', () => {
    const key = { accessKeyId: 'STS.1', accessKeySecret: 'right', securityToken: 't0ken' };
    emulator.aliyun.seed({ keys: [key] });
    const { body } = queryProduct({ key: { ...key, accessKeySecret: 'wrong' } });
    expect(body).toMatchObject({
      Code: 'SignatureDoesNotMatch',
      Message: expect.stringContaining('server string to sign is:POST&%2F&AccessKeyId%3DSTS.1%26Action%3D') as string,
    });
    expect(JSON.stringify([body, emulator.journal.calls()])).not.toMatch(/t0ken|right|wrong/);
  });

  test('is in the journal with its own parameters only', () => {
    const DeviceName = ['light-1', 'light-2'];
    callRpc(emulator, 'BatchCheckDeviceNames', { ProductKey: 'a1x', DeviceName, IotInstanceId: 'iot-1' });
    const [entry] = emulator.journal.calls();
    expect(entry?.parameters).toEqual({ ProductKey: 'a1x', DeviceName: 2, IotInstanceId: 'iot-1' });
  });
});
