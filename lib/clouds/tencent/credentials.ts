import { secretFields, unreadable } from '../http/secret-fields';

/** Keys of a CAM user, or temporary ones of STS. */
export interface TencentCredentials {
  secretId: string;
  secretKey: string;
  /** Only with temporary keys. */
  token?: string;
}

/** Where Tencent's SDKs look first (npm tencentcloud-sdk-nodejs 4.1.313, credential.js). */
export const tencentKeyVariables = [
  'TENCENTCLOUD_SECRET_ID',
  'TENCENTCLOUD_SECRET_KEY',
  'TENCENTCLOUD_SESSION_TOKEN',
] as const;

/**
 * Reads keys from a secret's text (JSON) or from an object, under any of the vendor's spellings: `SecretId`, `SecretKey`,
 * `Token` (API), `TmpSecretId`, `TmpSecretKey` (STS answers), `secret_id`, `secret_key`, `token` (SDK files),
 * `TENCENTCLOUD_SECRET_ID`, … (environment). Other members are ignored.
 *
 * @throws CloudError of kind `credentials` that names what is missing and never shows a value.
 */
export function parseTencentCredentials(source: unknown): TencentCredentials {
  const fields = secretFields(source, EXPECTED);
  const field = (name: string) => ['', 'tmp', 'tencentcloud'].map((prefix) => fields.get(prefix + name)).find(Boolean);
  const secretId = field('secretid');
  const secretKey = field('secretkey');
  const token = field('token') ?? field('sessiontoken');
  if (secretId === undefined) throw unreadable('the credentials have no SecretId, or an empty one', EXPECTED);
  if (secretKey === undefined) throw unreadable('the credentials have no SecretKey, or an empty one', EXPECTED);
  return { secretId, secretKey, ...(token === undefined ? {} : { token }) };
}

const EXPECTED = '{"SecretId": "…", "SecretKey": "…"} and, for temporary keys, "Token"';
