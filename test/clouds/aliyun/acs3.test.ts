import { canonicalRequest, signAcs3 } from '../../../lib/clouds/aliyun/acs3';
import type { UnsignedCall } from '../../../lib/clouds/aliyun/unsigned-call';

const check: UnsignedCall = {
  endpoint: new URL('https://iot.cn-shanghai.aliyuncs.com'),
  action: 'BatchCheckDeviceNames',
  version: '2018-01-20',
  query: { ProductKey: 'a1BwAGV0000' },
  form: { DeviceName: ['dev-01', 'dev_02', 'a@b:c.d'] },
  credentials: { accessKeyId: 'testid', accessKeySecret: 'testsecret' },
  timestamp: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  nonce: '00000000000000000000000000000001',
};

const signatureOf = (call: UnsignedCall) => /Signature=(\w+)$/.exec(signAcs3(call).headers.authorization ?? '')?.[1];

describe('ACS3-HMAC-SHA256', () => {
  test('signs the example that the vendor publishes', () => {
    const call: UnsignedCall = {
      ...check,
      endpoint: new URL('https://ecs.cn-shanghai.aliyuncs.com'),
      action: 'RunInstances',
      version: '2014-05-26',
      query: { RegionId: 'cn-shanghai', ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd' },
      form: {},
      credentials: { accessKeyId: 'YourAccessKeyId', accessKeySecret: 'YourAccessKeySecret' },
      timestamp: Date.UTC(2023, 9, 26, 10, 22, 32),
      nonce: '3156853299f313e23d1673dc12e1703d',
    };
    expect(canonicalRequest(call).hash).toBe('7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259');
    expect(signAcs3(call).headers.authorization).toBe(
      'ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;' +
        'x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
    );
  });

  test('signs a list in a form as the official SDK does', () => {
    const { headers, body, url } = signAcs3(check);
    expect(body).toBe('DeviceName.1=dev-01&DeviceName.2=dev_02&DeviceName.3=a%40b%3Ac.d');
    expect(headers['x-acs-content-sha256']).toBe('eddee130f4f03e80a8f84e75be8adc73dca2d6e2d8e984185a433098b5bc1f18');
    expect(canonicalRequest(check).hash).toBe('657a659029ef9c040075fd4db970028bb0551f9b5b575227246a8d4320bcf9b6');
    expect(signatureOf(check)).toBe('fd28b99c3ccd1dc04b9bf7a837cb084c63088b820f2cf8961d163cc9a1258724');
    expect(url).toBe('https://iot.cn-shanghai.aliyuncs.com/?ProductKey=a1BwAGV0000');
  });

  test('signs a temporary token and an empty body as the official SDK does', () => {
    const call: UnsignedCall = {
      ...check,
      action: 'QueryPageByApplyId',
      query: { PageSize: 50, CurrentPage: 1, ApplyId: '1295006', IotInstanceId: undefined },
      form: {},
      credentials: { ...check.credentials, securityToken: 'tok/+=en' },
      nonce: '00000000000000000000000000000002',
    };
    expect(canonicalRequest(call).hash).toBe('93b75ea7e58ecda8c62dd0a93fd1a5dd99c5c086cc633fbaa49ec6bcd2c9456a');
    expect(signatureOf(call)).toBe('42e3b58f89875fef3d9d1fea07807384eeba14d93322a24684a017ac2e51a64a');
  });

  test('sends the query byte for byte as it was signed, also where URL encoders differ', () => {
    const query = { Odd: "a b+c*d~e'f(g)h!/:@灯" };
    const { url } = signAcs3({ ...check, query });
    expect(url.split('?')[1]).toBe(canonicalRequest({ ...check, query }).query);
    expect(new URL(url).search).toBe('?Odd=a%20b%2Bc%2Ad~e%27f%28g%29h%21%2F%3A%40%E7%81%AF');
  });

  test('sorts list members by their text, so that the tenth stands before the second', () => {
    const form = { DeviceName: Array.from({ length: 11 }, (_, index) => `n${index + 1}`) };
    expect(signAcs3({ ...check, form }).body).toMatch(
      /^DeviceName\.1=n1&DeviceName\.10=n10&DeviceName\.11=n11&DeviceName\.2=n2/,
    );
  });

  test('signs the host with its port, as it is sent', () => {
    const { headers } = canonicalRequest({ ...check, endpoint: new URL('http://127.0.0.1:8080') });
    expect(headers.host).toBe('127.0.0.1:8080');
  });
});
