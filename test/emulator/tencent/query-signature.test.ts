import type { EmulatorRequest } from '../../../emulator';
import { formOf } from '../../../emulator/tencent/form';
import {
  querySignatureClaim,
  type QuerySignatureMethod,
  signature,
  stringToSign,
} from '../../../emulator/tencent/query-signature';

const secretKey = 'EXAMPLEKEY';
const legacy = { host: 'iotcloud.api.qcloud.com', path: '/v2/index.php' };
const version1 = { host: 'iotcloud.tencentcloudapi.com', path: '/' };
const common = { SecretId: 'AKIDEXAMPLE', Timestamp: '1767323045' };
const names = { 'listDeviceName.0': 'dev-01', 'listDeviceName.1': 'dev_02', 'listDeviceName.2': 'a:b' };
const created = {
  ...common,
  Region: 'gz',
  Action: 'CreateMultiDevice',
  Nonce: '11886',
  productID: 'ABCDE12345',
  ...names,
};
const created3 = {
  ...common,
  ...{ Action: 'CreateMultiDevice', Nonce: '11886', ProductId: 'ABCDE12345', Version: '2018-06-14' },
  ...{ 'DeviceNames.0': 'dev-01', 'DeviceNames.1': 'dev_02', 'DeviceNames.2': 'a:b' },
};

interface Vector {
  name: string;
  at: { host: string; path: string };
  method: 'GET' | 'POST';
  by: QuerySignatureMethod;
  parameters: Record<string, string>;
  expected: string;
}

const vectors: Vector[] = [
  {
    name: 'V2a, API 2.0 by GET',
    at: legacy,
    method: 'GET',
    by: 'HmacSHA1',
    parameters: created,
    expected: 'ee/LjVTP75NWfsWqfRpRJVVXv9c=',
  },
  {
    name: 'V2b, API 2.0 by POST',
    at: legacy,
    method: 'POST',
    by: 'HmacSHA256',
    parameters: { ...created, SignatureMethod: 'HmacSHA256' },
    expected: 'YTzoMNUFXmRIHSrIoLW53AhVmW09nKh0WZbaY/5BnqA=',
  },
  {
    name: 'V2c, a page of API 2.0',
    at: legacy,
    method: 'GET',
    by: 'HmacSHA1',
    parameters: {
      ...{ ...common, Region: 'gz', Action: 'GetMultiDevices', Nonce: '11887', productID: 'ABCDE12345' },
      ...{ taskID: 'abcdef123456789', pageNum: '1', pageSize: '10' },
    },
    expected: 'L31Bta5EyJ8ItO3vo1TfLfs7B2M=',
  },
  {
    name: 'version 1 of API 3.0',
    at: version1,
    method: 'POST',
    by: 'HmacSHA256',
    parameters: { ...created3, SignatureMethod: 'HmacSHA256' },
    expected: '6rAY+puRMC+hy9dR3uCcYl0EY4ymnpMEIUYeccwb4H0=',
  },
  {
    name: 'version 1 of API 3.0, the older method',
    at: version1,
    method: 'POST',
    by: 'HmacSHA1',
    parameters: { ...created3, SignatureMethod: 'HmacSHA1' },
    expected: 'jH2CSSdofGKUx7Uok3/mQ0Xs41Y=',
  },
];

function sent({ at, method }: Vector, parameters: Record<string, string>, host = at.host): EmulatorRequest {
  const text = new URLSearchParams(parameters).toString();
  return method === 'GET'
    ? { method, url: `${at.path}?${text}`, headers: { host }, body: Buffer.alloc(0) }
    : {
        method,
        url: at.path,
        headers: { host, 'content-type': 'application/x-www-form-urlencoded' },
        body: Buffer.from(text),
      };
}

const verified = (request: EmulatorRequest, key = secretKey) =>
  querySignatureClaim(request, formOf(request)).isSignedBy(key);

describe.each(vectors)('$name', (vector) => {
  const { at, method, by, parameters, expected } = vector;
  const signed = { ...parameters, Signature: expected };

  test('has the known signature', () => {
    const text = stringToSign(method, at.host, at.path, Object.entries(parameters));
    expect(signature(secretKey, by, text)).toBe(expected);
  });

  test('is verified as it is sent', () => {
    expect(verified(sent(vector, signed))).toBe(true);
    expect(verified(sent(vector, signed, `${at.host}:8280`))).toBe(true);
  });

  test('is not verified with another secret, host, parameter or method', () => {
    expect(verified(sent(vector, signed), 'ANOTHERKEY')).toBe(false);
    expect(verified(sent(vector, signed, 'elsewhere'))).toBe(false);
    expect(verified(sent(vector, { ...signed, Nonce: '1' }))).toBe(false);
    const request = sent(vector, signed);
    expect(querySignatureClaim({ ...request, method: 'PUT' }, formOf(request)).isSignedBy(secretKey)).toBe(false);
  });

  test.each(['Signature', 'SecretId', 'Timestamp', 'Nonce'])('is incomplete without its %s', (name) => {
    const { [name]: _left, ...rest } = signed as Record<string, string>;
    expect(() => verified(sent(vector, rest))).toThrow(expect.objectContaining({ code: 'MissingParameter' }) as Error);
  });
});

test('the string of V2a is the known one', () => {
  expect(stringToSign('GET', legacy.host, legacy.path, Object.entries(created))).toBe(
    'GETiotcloud.api.qcloud.com/v2/index.php?Action=CreateMultiDevice&Nonce=11886&Region=gz&SecretId=AKIDEXAMPLE&Timestamp=1767323045&listDeviceName.0=dev-01&listDeviceName.1=dev_02&listDeviceName.2=a:b&productID=ABCDE12345',
  );
});

test('API 2.0 signs an underscore within a name as a dot, version 1 as it is', () => {
  const odd = [
    ['_first', '1'],
    ['in_between', '2'],
  ] as const;
  expect(stringToSign('GET', 'h', '/v2/index.php', odd)).toBe('GETh/v2/index.php?_first=1&in.between=2');
  expect(stringToSign('GET', 'h', '/', odd)).toBe('GETh/?_first=1&in_between=2');
});

test('another method of signing is refused', () => {
  const request = sent(vectors[0] as Vector, { ...created, SignatureMethod: 'HmacMD5', Signature: 'x' });
  expect(() => verified(request)).toThrow(expect.objectContaining({ code: 'InvalidParameterValue' }) as Error);
});
