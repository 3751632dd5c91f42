import { CloudError } from '../../batch/ports/cloud';

/** Keys of a RAM user, or temporary ones of STS. Never those of the account itself: it must confirm deletions by SMS. */
export interface AliyunCredentials {
  accessKeyId: string;
  accessKeySecret: string;
  /** Only with temporary keys. */
  securityToken?: string;
}

/** Where Alibaba's SDKs look first (github.com/aliyun/credentials-nodejs, "Credential provider chain"). */
export const aliyunKeyVariables = [
  'ALIBABA_CLOUD_ACCESS_KEY_ID',
  'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  'ALIBABA_CLOUD_SECURITY_TOKEN',
] as const;

/**
 * Reads keys from a secret's text (JSON) or from an object, under any of the vendor's spellings: `AccessKeyId`,
 * `AccessKeySecret`, `SecurityToken` (API and STS answers), `access_key_id`, `access_key_secret`, `sts_token` (CLI
 * files), `ALIBABA_CLOUD_ACCESS_KEY_ID`, … (environment). Other members are ignored.
 *
 * @throws CloudError of kind `credentials` that names what is missing and never shows a value.
 */
export function parseAliyunCredentials(source: unknown): AliyunCredentials {
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(toObject(source))) {
    const key = name
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .replace(/^alibabacloud/, '');
    if (typeof value === 'string' && value.trim() !== '' && !fields.has(key)) fields.set(key, value.trim());
  }
  const accessKeyId = fields.get('accesskeyid');
  const accessKeySecret = fields.get('accesskeysecret');
  const securityToken = fields.get('securitytoken') ?? fields.get('ststoken');
  if (accessKeyId === undefined) throw unreadable('the credentials have no AccessKeyId, or an empty one');
  if (accessKeySecret === undefined) throw unreadable('the credentials have no AccessKeySecret, or an empty one');
  return { accessKeyId, accessKeySecret, ...(securityToken === undefined ? {} : { securityToken }) };
}

function toObject(source: unknown): object {
  let value = source;
  if (typeof source === 'string') {
    try {
      value = JSON.parse(source);
    } catch {
      // The parser's message would quote the secret.
      throw unreadable('the credentials are no JSON');
    }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadable('the credentials are no JSON object');
  }
  return value;
}

function unreadable(what: string): CloudError {
  return new CloudError(
    'credentials',
    'CredentialsUnreadable',
    `${what} – expected {"AccessKeyId": "…", "AccessKeySecret": "…"} and, for temporary keys, "SecurityToken" [CredentialsUnreadable]`,
    { operation: 'read credentials' },
  );
}
