import { signTc3, tc3Signature } from '../../../lib/clouds/tencent/tc3';
import type { UnsignedCall } from '../../../lib/clouds/tencent/unsigned-call';

const time = 1_767_323_045;
const call: UnsignedCall = {
  endpoint: new URL('https://iotcloud.tencentcloudapi.com'),
  action: 'CreateMultiDevice',
  parameters: { ProductId: 'ABCDE12345', DeviceNames: ['dev-01', 'dev_02', 'a:b'], More: undefined },
  credentials: { secretId: 'AKIDEXAMPLE', secretKey: 'EXAMPLEKEY' },
  timestamp: time * 1000 + 678,
  nonce: 'ff',
};
const options = { version: '2018-06-14', region: 'ap-guangzhou' };
const two = { 'content-type': 'application/json', host: 'iotcloud.tencentcloudapi.com' };

describe('TC3-HMAC-SHA256', () => {
  test('signs content type and host as the official SDK does', () => {
    const { body } = signTc3(call, options);
    expect(body).toBe('{"ProductId":"ABCDE12345","DeviceNames":["dev-01","dev_02","a:b"]}');
    expect(tc3Signature(two, body, time, 'EXAMPLEKEY')).toMatchObject({
      canonicalHash: 'b964cefbd8a382024a5e2106fd5a472edde83d230124013916b4433f33162840',
      signature: '833f1b128a0ae8998b755e9e078cac4aa800ff548fef9d098eb1a24b3ee8b25a',
    });
  });

  test('signs the action as well, in lower case', () => {
    expect(signTc3(call, options)).toEqual({
      method: 'POST',
      url: 'https://iotcloud.tencentcloudapi.com/',
      headers: {
        'content-type': 'application/json',
        'x-tc-action': 'CreateMultiDevice',
        'x-tc-version': '2018-06-14',
        'x-tc-region': 'ap-guangzhou',
        'x-tc-timestamp': '1767323045',
        authorization:
          'TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2026-01-02/iotcloud/tc3_request, ' +
          'SignedHeaders=content-type;host;x-tc-action, ' +
          'Signature=8612ae61314d9c43d9ec03176b80909881fab9ce1eb4004b72acde672b76af18',
      },
      body: '{"ProductId":"ABCDE12345","DeviceNames":["dev-01","dev_02","a:b"]}',
    });
  });

  test('signs the example that the vendor publishes', () => {
    const headers = { 'content-type': 'application/json; charset=utf-8', host: 'cvm.tencentcloudapi.com' };
    const body = '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}';
    expect(tc3Signature(headers, body, 1_551_113_065, 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE', 'cvm')).toMatchObject({
      canonicalHash: '5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031',
      signature: '72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168',
    });
  });

  test('has the day of the timestamp in UTC', () => {
    const midnight = Date.UTC(2026, 0, 2, 0, 0, 0);
    expect(tc3Signature(two, '', midnight / 1000, 'k').scope).toBe('2026-01-02/iotcloud/tc3_request');
    expect(tc3Signature(two, '', midnight / 1000 - 1, 'k').scope).toBe('2026-01-01/iotcloud/tc3_request');
  });

  test('sends a temporary token beside what it signs', () => {
    const { headers } = signTc3({ ...call, credentials: { ...call.credentials, token: 'tok/+=en' } }, options);
    expect(headers['x-tc-token']).toBe('tok/+=en');
    expect(headers.authorization).toBe(signTc3(call, options).headers.authorization);
  });

  test('signs the port of a custom endpoint', () => {
    const local = { ...call, endpoint: new URL('http://127.0.0.1:8280') };
    const { headers, url } = signTc3(local, options);
    expect(url).toBe('http://127.0.0.1:8280/');
    const signed = { ...two, host: '127.0.0.1:8280', 'x-tc-action': 'CreateMultiDevice' };
    const { signature } = tc3Signature(signed, signTc3(local, options).body, time, 'EXAMPLEKEY');
    expect(headers.authorization).toContain(signature);
  });
});
