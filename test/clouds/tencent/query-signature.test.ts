import { flatten, querySignature, signLegacy } from '../../../lib/clouds/tencent/query-signature';
import type { Parameters, UnsignedCall } from '../../../lib/clouds/tencent/unsigned-call';

const names = ['dev-01', 'dev_02', 'a:b'];
const common = { SecretId: 'AKIDEXAMPLE', Timestamp: 1_767_323_045 };
const legacy = { ...common, Region: 'gz', productID: 'ABCDE12345' };
const version1 = {
  ...common,
  Action: 'CreateMultiDevice',
  Nonce: 11886,
  ProductId: 'ABCDE12345',
  Version: '2018-06-14',
};
const [at2, at3] = [
  ['iotcloud.api.qcloud.com', '/v2/index.php'],
  ['iotcloud.tencentcloudapi.com', '/'],
] as const;

interface Vector {
  what: string;
  method: 'GET' | 'POST';
  at: readonly [string, string];
  by: 'sha1' | 'sha256';
  parameters: Parameters;
  expected: string;
}

const vectors: Vector[] = [
  {
    ...{ what: 'V2a, API 2.0 by GET', method: 'GET', at: at2, by: 'sha1' },
    parameters: { ...legacy, Action: 'CreateMultiDevice', Nonce: 11886, listDeviceName: names },
    expected: 'ee/LjVTP75NWfsWqfRpRJVVXv9c=',
  },
  {
    ...{ what: 'V2b, API 2.0 by POST', method: 'POST', at: at2, by: 'sha256' },
    parameters: {
      ...{ ...legacy, Action: 'CreateMultiDevice', Nonce: 11886, listDeviceName: names },
      SignatureMethod: 'HmacSHA256',
    },
    expected: 'YTzoMNUFXmRIHSrIoLW53AhVmW09nKh0WZbaY/5BnqA=',
  },
  {
    ...{ what: 'V2c, a page of API 2.0', method: 'GET', at: at2, by: 'sha1' },
    parameters: {
      ...{ ...legacy, Action: 'GetMultiDevices', Nonce: 11887, taskID: 'abcdef123456789' },
      ...{ pageNum: 1, pageSize: 10 },
    },
    expected: 'L31Bta5EyJ8ItO3vo1TfLfs7B2M=',
  },
  {
    ...{ what: 'version 1 of API 3.0', method: 'POST', at: at3, by: 'sha256' },
    parameters: { ...version1, DeviceNames: names, SignatureMethod: 'HmacSHA256' },
    expected: '6rAY+puRMC+hy9dR3uCcYl0EY4ymnpMEIUYeccwb4H0=',
  },
  {
    ...{ what: 'version 1 of API 3.0, the older method', method: 'POST', at: at3, by: 'sha1' },
    parameters: { ...version1, DeviceNames: names, SignatureMethod: 'HmacSHA1' },
    expected: 'jH2CSSdofGKUx7Uok3/mQ0Xs41Y=',
  },
];

test.each(vectors)('signs $what', ({ method, at: [host, path], by, parameters, expected }) => {
  expect(querySignature(method, host, path, flatten(parameters), 'EXAMPLEKEY', by)).toBe(expected);
});

describe('a call of API 2.0', () => {
  const call: UnsignedCall = {
    endpoint: new URL('https://iotcloud.api.qcloud.com'),
    action: 'CreateMultiDevice',
    parameters: { productID: 'ABCDE12345', listDeviceName: names },
    credentials: { secretId: 'AKIDEXAMPLE', secretKey: 'EXAMPLEKEY' },
    timestamp: 1_767_323_045_678,
    nonce: (11885).toString(16).padStart(8, '0'),
  };

  test('has everything in a form, with the signature of V2b', () => {
    const { url, headers, body } = signLegacy(call);
    expect(url).toBe('https://iotcloud.api.qcloud.com/v2/index.php');
    expect(headers).toEqual({ 'content-type': 'application/x-www-form-urlencoded' });
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      ...{ Action: 'CreateMultiDevice', Region: 'gz', Timestamp: '1767323045', Nonce: '11886' },
      ...{ SecretId: 'AKIDEXAMPLE', SignatureMethod: 'HmacSHA256', productID: 'ABCDE12345' },
      ...{ 'listDeviceName.0': 'dev-01', 'listDeviceName.1': 'dev_02', 'listDeviceName.2': 'a:b' },
      Signature: 'YTzoMNUFXmRIHSrIoLW53AhVmW09nKh0WZbaY/5BnqA=',
    });
  });

  test('signs a temporary token', () => {
    const signatureOf = (body: string) => new URLSearchParams(body).get('Signature');
    const { body } = signLegacy({ ...call, credentials: { ...call.credentials, token: 'tok/+=en' } });
    expect(new URLSearchParams(body).get('Token')).toBe('tok/+=en');
    expect(signatureOf(body)).not.toBe(signatureOf(signLegacy(call).body));
  });

  test.each([
    ['00000000ff', 1],
    ['ffffffff00', 4],
    ['7fffffff', 2],
  ])('has a positive number below 2^31 for a nonce of %s', (nonce, expected) => {
    expect(new URLSearchParams(signLegacy({ ...call, nonce }).body).get('Nonce')).toBe(String(expected));
  });
});
