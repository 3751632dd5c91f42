import { createHash } from 'node:crypto';
import type { EmulatorRequest } from '../../../emulator';
import {
  canonicalRequest,
  readAuthorization,
  signature,
  stringToSign,
  verifySignature,
} from '../../../emulator/aliyun/acs3';

interface Vector {
  name: string;
  secret: string;
  accessKeyId: string;
  url: string;
  body: string;
  headers: Record<string, string>;
  hash: string;
  signature: string;
}

/** C0 is the vendor's published example; C1 and C2 are what its SDK makes of our own calls. */
const vectors: Vector[] = [
  {
    name: "C0, the vendor's example",
    secret: 'YourAccessKeySecret',
    accessKeyId: 'YourAccessKeyId',
    url: '/?ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai',
    body: '',
    headers: {
      host: 'ecs.cn-shanghai.aliyuncs.com',
      'x-acs-action': 'RunInstances',
      'x-acs-version': '2014-05-26',
      'x-acs-date': '2023-10-26T10:22:32Z',
      'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
    },
    hash: '7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259',
    signature: '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
  },
  {
    name: 'C1, names in a form',
    secret: 'testsecret',
    accessKeyId: 'testid',
    url: '/?ProductKey=a1BwAGV0000',
    body: 'DeviceName.1=dev-01&DeviceName.2=dev_02&DeviceName.3=a%40b%3Ac.d',
    headers: {
      host: 'iot.cn-shanghai.aliyuncs.com',
      'x-acs-action': 'BatchCheckDeviceNames',
      'x-acs-version': '2018-01-20',
      'x-acs-date': '2026-01-02T03:04:05Z',
      'x-acs-signature-nonce': '00000000000000000000000000000001',
      'content-type': 'application/x-www-form-urlencoded',
    },
    hash: '657a659029ef9c040075fd4db970028bb0551f9b5b575227246a8d4320bcf9b6',
    signature: 'fd28b99c3ccd1dc04b9bf7a837cb084c63088b820f2cf8961d163cc9a1258724',
  },
  {
    name: 'C2, a temporary key',
    secret: 'testsecret',
    accessKeyId: 'testid',
    url: '/?ApplyId=1295006&CurrentPage=1&PageSize=50',
    body: '',
    headers: {
      host: 'iot.cn-shanghai.aliyuncs.com',
      'x-acs-action': 'QueryPageByApplyId',
      'x-acs-version': '2018-01-20',
      'x-acs-date': '2026-01-02T03:04:05Z',
      'x-acs-signature-nonce': '00000000000000000000000000000002',
      'x-acs-accesskey-id': 'testid',
      'x-acs-security-token': 'tok/+=en',
    },
    hash: '93b75ea7e58ecda8c62dd0a93fd1a5dd99c5c086cc633fbaa49ec6bcd2c9456a',
    signature: '42e3b58f89875fef3d9d1fea07807384eeba14d93322a24684a017ac2e51a64a',
  },
];

function requestOf(vector: Vector): EmulatorRequest {
  const body = Buffer.from(vector.body);
  const headers: Record<string, string> = {
    ...vector.headers,
    'x-acs-content-sha256': createHash('sha256').update(body).digest('hex'),
  };
  const signedHeaders = Object.keys(headers).sort().join(';');
  headers.authorization = `ACS3-HMAC-SHA256 Credential=${vector.accessKeyId},SignedHeaders=${signedHeaders},Signature=${vector.signature}`;
  return { method: 'POST', url: vector.url, headers, body };
}

function verify(request: EmulatorRequest, secret: string): void {
  const authorization = readAuthorization(request);
  if (!authorization) throw new Error('no ACS3 authorization');
  verifySignature(request, authorization, secret);
}

function refusalOf(request: EmulatorRequest, secret: string): unknown {
  try {
    verify(request, secret);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe.each(vectors)('ACS3: $name', (vector) => {
  const request = requestOf(vector);

  test('gives the known canonical hash and signature', () => {
    const toSign = stringToSign(canonicalRequest(request, readAuthorization(request)?.signedHeaders ?? []));
    expect(toSign).toBe(`ACS3-HMAC-SHA256\n${vector.hash}`);
    expect(signature(vector.secret, toSign)).toBe(vector.signature);
  });

  test('is verified as it is', () => {
    expect(() => verify(request, vector.secret)).not.toThrow();
  });

  test.each([
    ['another secret', request, 'guessed'],
    ['another query', { ...request, url: `${request.url}&More=1` }, vector.secret],
    ['another method', { ...request, method: 'GET' }, vector.secret],
    ['another body', { ...request, body: Buffer.from('DeviceName.1=other') }, vector.secret],
    ['another host', { ...request, headers: { ...request.headers, host: 'elsewhere' } }, vector.secret],
    ['another action', { ...request, headers: { ...request.headers, 'x-acs-action': 'DeleteDevice' } }, vector.secret],
  ])('is refused with %s', (_, altered, secret) => {
    expect(refusalOf(altered, secret)).toMatchObject({ code: 'SignatureDoesNotMatch' });
  });

  test('is refused when an x-acs header was added that nobody signed', () => {
    const altered = { ...request, headers: { ...request.headers, 'x-acs-extra': '1' } };
    expect(refusalOf(altered, vector.secret)).toMatchObject({
      code: 'IncompleteSignature',
      message: expect.stringContaining('x-acs-extra') as string,
    });
  });
});

test('the refusal shows what was computed, but neither secret nor token', () => {
  const temporary = vectors[2] as Vector;
  const request = requestOf(temporary);
  const altered = { ...request, url: '/?ApplyId=1' };
  expect(() => verify(altered, temporary.secret)).toThrow(/server string to sign is:ACS3-HMAC-SHA256\n[0-9a-f]{64}/);
  expect(() => verify(altered, temporary.secret)).not.toThrow(/tok\/|testsecret/);
});

test('a header of another scheme is not read as ACS3', () => {
  const request = { method: 'POST', url: '/', headers: { authorization: 'acs id:signature' }, body: Buffer.alloc(0) };
  expect(readAuthorization(request)).toBeUndefined();
});
