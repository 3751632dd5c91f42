import { parseAliyunCredentials } from '../../../lib/clouds/aliyun/credentials';

const keys = { accessKeyId: 'LTAIx', accessKeySecret: 'abc' };

describe("the secret's text", () => {
  test.each([
    ['API and STS answers', { AccessKeyId: 'LTAIx', AccessKeySecret: 'abc', SecurityToken: 'tok', Expiration: '2026' }],
    [
      'environment variables',
      {
        ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAIx',
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'abc',
        ALIBABA_CLOUD_SECURITY_TOKEN: 'tok',
      },
    ],
    ['our own spelling', { accessKeyId: 'LTAIx', accessKeySecret: 'abc', securityToken: 'tok' }],
    [
      'CLI files',
      { mode: 'StsToken', access_key_id: 'LTAIx', access_key_secret: 'abc', sts_token: 'tok', retry_count: 3 },
    ],
  ])('may use the names of %s', (_name, fields) => {
    expect(parseAliyunCredentials(JSON.stringify(fields))).toEqual({ ...keys, securityToken: 'tok' });
    expect(parseAliyunCredentials(fields)).toEqual({ ...keys, securityToken: 'tok' });
  });

  test('needs no token, and may end in a newline', () => {
    expect(parseAliyunCredentials({ AccessKeyId: 'LTAIx\n', AccessKeySecret: ' abc', SecurityToken: '' })).toEqual(
      keys,
    );
  });

  test.each([
    ['{"AccessKeySecret":"s3cr3t"}', 'no AccessKeyId'],
    ['{"AccessKeyId":"s3cr3t"}', 'no AccessKeySecret'],
    ['{"AccessKeyId":"s3cr3t","AccessKeySecret":" "}', 'no AccessKeySecret'],
    ['{"AccessKeyId":"s3cr3t","AccessKeySecret":7}', 'no AccessKeySecret'],
    ['s3cr3t', 'no JSON'],
    ['["s3cr3t"]', 'no JSON object'],
    ['null', 'no JSON object'],
    [undefined, 'no JSON object'],
  ])('I7: %p is an error that says "%s" and shows nothing of it', (text, what) => {
    const parse = () => parseAliyunCredentials(text);
    expect(parse).toThrow(
      expect.objectContaining({ kind: 'credentials', vendorCode: 'CredentialsUnreadable' }) as Error,
    );
    expect(parse).toThrow(what);
    expect(parse).not.toThrow('s3cr3t');
  });
});
