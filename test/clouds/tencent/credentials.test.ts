import { parseTencentCredentials, tencentKeyVariables } from '../../../lib/clouds/tencent/credentials';

const keys = { secretId: 'AKIDx', secretKey: 'abc' };

test.each([
  ['the API', { SecretId: 'AKIDx', SecretKey: 'abc', Token: 'tok' }],
  ['STS answers', { TmpSecretId: 'AKIDx', TmpSecretKey: 'abc', Token: 'tok' }],
  ['SDK files', { secret_id: 'AKIDx', secret_key: 'abc', token: 'tok', region: 'ap-guangzhou' }],
  ['the SDK', { secretId: 'AKIDx', secretKey: 'abc', token: 'tok' }],
  [
    'environment variables',
    Object.fromEntries(tencentKeyVariables.map((name, i) => [name, ['AKIDx', 'abc', 'tok'][i]])),
  ],
])('a secret may use the names of %s', (_, fields) => {
  expect(parseTencentCredentials(JSON.stringify(fields))).toEqual({ ...keys, token: 'tok' });
  expect(parseTencentCredentials(fields)).toEqual({ ...keys, token: 'tok' });
});

test('a secret needs no token, and may end in a newline', () => {
  expect(parseTencentCredentials({ SecretId: 'AKIDx\n', SecretKey: ' abc', Token: '' })).toEqual(keys);
});

test.each([
  ['{"SecretKey":"s3cr3t"}', 'no SecretId'],
  ['{"SecretId":"s3cr3t"}', 'no SecretKey'],
  ['{"SecretId":"s3cr3t","SecretKey":" "}', 'no SecretKey'],
  ['s3cr3t', 'no JSON'],
  ['["s3cr3t"]', 'no JSON object'],
  [undefined, 'no JSON object'],
])('I7: %p is an error that says "%s" and shows nothing of it', (text, what) => {
  const parse = () => parseTencentCredentials(text);
  expect(parse).toThrow(expect.objectContaining({ kind: 'credentials', vendorCode: 'CredentialsUnreadable' }) as Error);
  expect(parse).toThrow(what);
  expect(parse).not.toThrow('s3cr3t');
});
