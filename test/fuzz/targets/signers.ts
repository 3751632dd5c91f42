import { createHash } from 'node:crypto';
import OpenApiUtil from '@alicloud/openapi-util';
import * as fc from 'fast-check';
import QcloudApi from 'qcloudapi-sdk';
import TencentSign from 'tencentcloud-sdk-nodejs/tencentcloud/common/sign';
import { signAcs3 } from '../../../lib/clouds/aliyun/acs3';
import { hmacSha1Signature } from '../../../lib/clouds/aliyun/hmac-sha1';
import { querySignature } from '../../../lib/clouds/tencent/query-signature';
import { tc3Signature } from '../../../lib/clouds/tencent/tc3';
import { target, type Target } from '../target';

/** What may stand in a call. The names of parameters are ours, their values anybody's. */
const call = fc.record({
  parameters: fc.dictionary(
    fc.string({ unit: fc.constantFrom(...'abcXYZ09'), minLength: 1, maxLength: 12 }),
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.constantFrom(' ', '~', '*', '+', '%7E', "!'()", '&=', '\n'),
    ),
    { maxKeys: 8, noNullPrototype: true },
  ),
  names: fc.array(fc.string({ unit: fc.constantFrom(...'abcXYZ019-_:'), minLength: 1, maxLength: 48 }), {
    maxLength: 12,
  }),
  id: fc.string({ unit: fc.constantFrom(...'abcXYZ019'), minLength: 1, maxLength: 40 }),
  secret: fc.string({ minLength: 1, maxLength: 64 }),
  token: fc.option(fc.string({ unit: fc.constantFrom(...'abcXYZ019+/='), minLength: 1, maxLength: 80 }), {
    nil: undefined,
  }),
  timestamp: fc.integer({ min: Date.UTC(2018, 0), max: Date.UTC(2099, 0) }),
  nonce: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 }),
});

type Call = typeof call extends fc.Arbitrary<infer One> ? One : never;

/** Every scheme, held against the code that signs in the vendor's own SDK. */
export const signers: Target[] = [
  signer('ACS3-HMAC-SHA256', ({ parameters, names, id, secret, token, timestamp, nonce }) => {
    const { url, headers } = signAcs3({
      endpoint: new URL('https://iot.cn-shanghai.aliyuncs.com'),
      action: 'BatchCheckDeviceNames',
      version: '2018-01-20',
      query: parameters,
      form: { DeviceName: names },
      credentials: { accessKeyId: id, accessKeySecret: secret, securityToken: token },
      timestamp,
      nonce,
    });
    const { authorization, accept: _accept, ...signed } = headers;
    const request = {
      method: 'POST',
      pathname: '/',
      query: Object.fromEntries(new URL(url).searchParams),
      headers: { ...signed, host: 'iot.cn-shanghai.aliyuncs.com' },
    };
    const hash = signed['x-acs-content-sha256']!;
    const theirs = OpenApiUtil.getAuthorization(request as never, 'ACS3-HMAC-SHA256', hash, id, secret);
    return [authorization, theirs];
  }),
  signer('HMAC-SHA1', ({ parameters, names, secret }) => {
    const listed = Object.fromEntries(names.map((name, index) => [`DeviceName.${index + 1}`, name]));
    const all = { ...parameters, ...listed };
    return [hmacSha1Signature('POST', all, secret), OpenApiUtil.getRPCSignature(all, 'POST', secret)];
  }),
  signer('TC3-HMAC-SHA256', ({ parameters, names, id, secret, timestamp }) => {
    const payload = { ...parameters, DeviceNames: names };
    const time = Math.floor(timestamp / 1000);
    const headers = { 'content-type': 'application/json', host: 'iotcloud.tencentcloudapi.com' };
    const { signature, scope } = tc3Signature(headers, JSON.stringify(payload), time, secret);
    const theirs = TencentSign.sign3({
      ...{
        method: 'POST',
        url: 'https://iotcloud.tencentcloudapi.com/',
        // The same bytes: its own JSON escapes more characters than must be.
        payload: Buffer.from(JSON.stringify(payload)),
        timestamp: time,
        service: 'iotcloud',
      },
      ...{
        secretId: id,
        secretKey: secret,
        multipart: false,
        boundary: '',
        headers: { 'Content-Type': 'application/json' },
      },
    });
    const ours = `TC3-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=content-type;host, Signature=${signature}`;
    return [ours, theirs];
  }),
  signer('HmacSHA256 of API 2.0', ({ names, id, secret, token, timestamp, nonce }) => {
    const sdk = new QcloudApi({
      ...{
        SecretId: id,
        SecretKey: secret,
        serviceType: 'iotcloud',
        Region: 'gz',
        method: 'POST',
        signatureMethod: 'sha256',
      },
    });
    const given = {
      ...{ Action: 'CreateMultiDevice', ProductID: 'ABCDE12345', DeviceNames: names },
      ...{ Timestamp: Math.floor(timestamp / 1000), Nonce: Number.parseInt(nonce.slice(0, 6), 16) },
      ...(token !== undefined && { Token: token }),
    };
    const sent = new URLSearchParams(sdk.generateQueryString(given, { method: 'POST', signatureMethod: 'sha256' }));
    const theirs = sent.get('Signature');
    sent.delete('Signature');
    const pairs = [...sent];
    return [querySignature('POST', 'iotcloud.api.qcloud.com', '/v2/index.php', pairs, secret, 'sha256'), theirs];
  }),
];

function signer(scheme: string, both: (call: Call) => [unknown, unknown]): Target {
  return target({
    name: `signatures by ${scheme}`,
    share: 101,
    inputs: call,
    attempt(input) {
      const [ours, theirs] = both(input).map(String);
      if (ours === theirs) return 'right';
      throw new Error(`the SDK signs otherwise: ${digest(ours)} is not ${digest(theirs)}`);
    },
  });
}

const digest = (text: string | undefined): string =>
  createHash('sha256').update(String(text)).digest('hex').slice(0, 12);
