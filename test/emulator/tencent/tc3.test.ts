import { createHash } from 'node:crypto';
import type { EmulatorRequest } from '../../../emulator';
import { canonicalRequest, signature, signingKey, stringToSign, tc3Claim } from '../../../emulator/tencent/tc3';

const secretKey = 'EXAMPLEKEY';
const scope = { date: '2026-01-02', service: 'iotcloud' };
const timestamp = '1767323045';
const body = '{"ProductId":"ABCDE12345","DeviceNames":["dev-01","dev_02","a:b"]}';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function request(changes: Partial<EmulatorRequest> = {}, headers: Record<string, string> = {}): EmulatorRequest {
  return {
    method: 'POST',
    url: '/',
    body: Buffer.from(body),
    ...changes,
    headers: {
      host: 'iotcloud.tencentcloudapi.com',
      'content-type': 'application/json',
      'x-tc-action': 'CreateMultiDevice',
      'x-tc-timestamp': timestamp,
      ...headers,
    },
  };
}

const authorized = (signedHeaders: string, signed: string, more: Partial<EmulatorRequest> = {}, headers = {}) =>
  request(more, {
    authorization: `TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2026-01-02/iotcloud/tc3_request, SignedHeaders=${signedHeaders}, Signature=${signed}`,
    ...headers,
  });
const verified = (signed: EmulatorRequest, key = secretKey) => tc3Claim(signed).isSignedBy(key);

const two = '833f1b128a0ae8998b755e9e078cac4aa800ff548fef9d098eb1a24b3ee8b25a';
const three = '8612ae61314d9c43d9ec03176b80909881fab9ce1eb4004b72acde672b76af18';

test('the hashes of the body and of the canonical request are the known ones', () => {
  expect(sha256(body)).toBe('f708cff733b24280f4b484185a2cf0ef298385c8f8c693f89378888857b3bcbc');
  expect(sha256(canonicalRequest(request(), ['content-type', 'host']))).toBe(
    'b964cefbd8a382024a5e2106fd5a472edde83d230124013916b4433f33162840',
  );
});

test('the signing key is derived from secret, day and service', () => {
  expect(signingKey(secretKey, scope).toString('hex')).toBe(
    '5c3fde249b17e82944c7295e0c2245c56b1319598ea7678185dba683182c05e1',
  );
});

test.each([
  ['content-type;host', two],
  ['content-type;host;x-tc-action', three],
])('a request with %s signed has the known signature, and is verified', (signedHeaders, signed) => {
  const canonical = canonicalRequest(request(), signedHeaders.split(';'));
  expect(signature(secretKey, scope, stringToSign(timestamp, scope, canonical))).toBe(signed);
  expect(verified(authorized(signedHeaders, signed))).toBe(true);
});

test("the vendor's example of a call to another service is verified", () => {
  const example = request(
    { body: Buffer.from('{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}') },
    { host: 'cvm.tencentcloudapi.com', 'content-type': 'application/json; charset=utf-8' },
  );
  expect(sha256(example.body.toString())).toBe('35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064');
  const canonical = canonicalRequest(example, ['content-type', 'host']);
  expect(sha256(canonical)).toBe('5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031');
  const day = { date: '2019-02-25', service: 'cvm' };
  expect(signature('Gu5t9xGARNpq86cd98joQYCN3EXAMPLE', day, stringToSign('1551113065', day, canonical))).toBe(
    '72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168',
  );
});

test('the port of a custom endpoint may be signed or not', () => {
  const local = request({}, { host: '127.0.0.1:8280' });
  for (const host of ['127.0.0.1:8280', '127.0.0.1']) {
    const canonical = canonicalRequest(local, ['content-type', 'host'], { host });
    const signed = signature(secretKey, scope, stringToSign(timestamp, scope, canonical));
    expect(verified(authorized('content-type;host', signed, {}, { host: '127.0.0.1:8280' }))).toBe(true);
    expect(verified(authorized('content-type;host', signed, {}, { host: '127.0.0.2:8280' }))).toBe(false);
  }
});

test('a custom endpoint may be the service in the scope', () => {
  const local = { ...scope, service: 'localhost:8280' };
  const canonical = canonicalRequest(request(), ['content-type', 'host']);
  const signed = signature(secretKey, local, stringToSign(timestamp, local, canonical));
  const authorization = `TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2026-01-02/localhost:8280/tc3_request, SignedHeaders=content-type;host, Signature=${signed}`;
  expect(verified(request({}, { authorization }))).toBe(true);
});

test.each([
  ['another secret', authorized('content-type;host', two), 'ANOTHERKEY'],
  ['another body', authorized('content-type;host', two, { body: Buffer.from(`${body} `) })],
  ['another method', authorized('content-type;host', two, { method: 'GET' })],
  ['a query', authorized('content-type;host', two, { url: '/?more=1' })],
  ['another time', authorized('content-type;host', two, {}, { 'x-tc-timestamp': '1767323046' })],
  [
    'another action, where it is signed',
    authorized('content-type;host;x-tc-action', three, {}, { 'x-tc-action': 'X' }),
  ],
  ['the content type not signed', authorized('host', two)],
  ['a wrong signature', authorized('content-type;host', three)],
])('%s is not verified', (_, signed, key = secretKey) => {
  expect(verified(signed, key)).toBe(false);
});

test('the day of the scope must be that of the timestamp', () => {
  const yesterday = { ...scope, date: '2026-01-01' };
  const canonical = canonicalRequest(request(), ['content-type', 'host']);
  const signed = signature(secretKey, yesterday, stringToSign(timestamp, yesterday, canonical));
  const authorization = `TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2026-01-01/iotcloud/tc3_request, SignedHeaders=content-type;host, Signature=${signed}`;
  expect(verified(request({}, { authorization }))).toBe(false);
});

test.each([
  'TC3-HMAC-SHA256',
  'TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2026-01-02/iotcloud, SignedHeaders=content-type;host, Signature=00',
  'TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2026-01-02/iotcloud/tc3_request, SignedHeaders=content-type;host',
  'TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/yesterday/iotcloud/tc3_request, SignedHeaders=content-type;host, Signature=00',
])('an incomplete authorization is refused: %s', (authorization) => {
  expect(() => tc3Claim(request({}, { authorization }))).toThrow(
    expect.objectContaining({ code: 'AuthFailure.InvalidAuthorization' }) as Error,
  );
});
