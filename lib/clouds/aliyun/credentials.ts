import { secretFields, unreadable } from '../http/secret-fields';

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
  const fields = secretFields(source, EXPECTED);
  const field = (name: string) => fields.get(name) ?? fields.get(`alibabacloud${name}`);
  const accessKeyId = field('accesskeyid');
  const accessKeySecret = field('accesskeysecret');
  const securityToken = field('securitytoken') ?? field('ststoken');
  if (accessKeyId === undefined) throw unreadable('the credentials have no AccessKeyId, or an empty one', EXPECTED);
  if (accessKeySecret === undefined) {
    throw unreadable('the credentials have no AccessKeySecret, or an empty one', EXPECTED);
  }
  return { accessKeyId, accessKeySecret, ...(securityToken === undefined ? {} : { securityToken }) };
}

const EXPECTED = '{"AccessKeyId": "…", "AccessKeySecret": "…"} and, for temporary keys, "SecurityToken"';
