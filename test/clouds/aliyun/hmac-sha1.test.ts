import { hmacSha1Signature, signHmacSha1 } from '../../../lib/clouds/aliyun/hmac-sha1';
import type { UnsignedCall } from '../../../lib/clouds/aliyun/unsigned-call';

const check: UnsignedCall = {
  endpoint: new URL('https://iot.cn-shanghai.aliyuncs.com'),
  action: 'BatchCheckDeviceNames',
  version: '2018-01-20',
  query: { RegionId: 'cn-shanghai', ProductKey: 'a1BwAGV0000', IotInstanceId: undefined },
  form: { DeviceName: ['dev-01', 'dev_02', 'a@b:c.d', 'dev 04+*~'] },
  credentials: { accessKeyId: 'testid', accessKeySecret: 'testsecret' },
  timestamp: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  nonce: '00000000-0000-4000-8000-000000000001',
};

const common = {
  AccessKeyId: 'testid',
  SignatureMethod: 'HMAC-SHA1',
  SignatureVersion: '1.0',
};

const formOf = (call: UnsignedCall) => new URLSearchParams(signHmacSha1(call).body);

describe('HMAC-SHA1', () => {
  test('signs the example that the vendor publishes', () => {
    const parameters = {
      ...common,
      Format: 'XML',
      Action: 'DescribeRegions',
      Version: '2014-05-26',
      SignatureNonce: '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf',
      Timestamp: '2016-02-23T12:46:24Z',
    };
    expect(hmacSha1Signature('GET', parameters, 'testsecret')).toBe('OLeaidS1JvxuMvnyHOwuJ+uX5qY=');
  });

  test('signs a list of names as the official SDK does', () => {
    expect(formOf(check).get('Signature')).toBe('qTFBCevs1dMmoNbEroCMMkA0Bmk=');
  });

  test('sorts list members by their text, so that the tenth stands before the second', () => {
    const DeviceName = Array.from({ length: 11 }, (_, index) => `n${String(index + 1).padStart(4, '0')}`);
    const { body } = signHmacSha1({ ...check, form: { DeviceName } });
    expect(body).toMatch(/&DeviceName\.1=n0001&DeviceName\.10=n0010&DeviceName\.11=n0011&DeviceName\.2=n0002&/);
    expect(new URLSearchParams(body).get('Signature')).toBe('TXF66oV4FKMwjVLp5dTyLMp4E/Y=');
  });

  test('signs a temporary token and letters of other scripts as the official SDK does', () => {
    const form = formOf({
      ...check,
      form: {
        'DeviceNameList.1.DeviceName': 'dev-01',
        'DeviceNameList.1.DeviceNickname': '灯_1',
        'DeviceNameList.2.DeviceName': 'dev-02',
      },
      credentials: { ...check.credentials, securityToken: 'tok/+=en' },
    });
    expect(form.get('Signature')).toBe('6RhDPilH70FIi1BSxyMXOQew1LI=');
    expect(form.get('SecurityToken')).toBe('tok/+=en');
  });

  test('signs the method that is used', () => {
    const parameters = {
      ...common,
      Action: 'QueryPageByApplyId',
      Format: 'JSON',
      Version: '2018-01-20',
      RegionId: 'cn-shanghai',
      ApplyId: '1295006',
      CurrentPage: 1,
      PageSize: 50,
      SignatureNonce: '00000000-0000-4000-8000-000000000002',
      Timestamp: '2026-01-02T03:04:05Z',
    };
    expect(hmacSha1Signature('GET', parameters, 'testsecret')).toBe('zMO7qZ2fUtwB5Cpy7tyPDMMtXkk=');
    expect(hmacSha1Signature('POST', parameters, 'testsecret')).not.toBe('zMO7qZ2fUtwB5Cpy7tyPDMMtXkk=');
  });

  test('puts everything into the form, and nothing into the URL', () => {
    const { url, method, headers } = signHmacSha1(check);
    expect({ url, method }).toEqual({ url: 'https://iot.cn-shanghai.aliyuncs.com/', method: 'POST' });
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(Object.fromEntries(formOf(check))).toEqual({
      ...common,
      Action: 'BatchCheckDeviceNames',
      Version: '2018-01-20',
      Format: 'JSON',
      RegionId: 'cn-shanghai',
      ProductKey: 'a1BwAGV0000',
      SignatureNonce: '00000000-0000-4000-8000-000000000001',
      Timestamp: '2026-01-02T03:04:05Z',
      'DeviceName.1': 'dev-01',
      'DeviceName.2': 'dev_02',
      'DeviceName.3': 'a@b:c.d',
      'DeviceName.4': 'dev 04+*~',
      Signature: 'qTFBCevs1dMmoNbEroCMMkA0Bmk=',
    });
  });
});
