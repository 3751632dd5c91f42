/**
 * The last net under log lines and error texts. Nothing secret is passed to them to begin with; this is for the day on which
 * somebody, or a library, does.
 */
const secretFields = new Set(
  [
    // Alibaba Cloud
    'AccessKeySecret',
    'DeviceSecret',
    'ProductSecret',
    'PrivateKey',
    'CertUrl',
    'SecurityToken',
    'Signature',
    // Tencent Cloud
    'SecretKey',
    'DevicePsk',
    'DevicePrivateKey',
    'ClientKey',
    'DefinedPsk',
    'Skey',
    'LoraAppKey',
    'LoraNwkKey',
    'Authorization',
    'X-TC-Token',
    // AWS
    'SecretString',
    'SecretBinary',
    'SessionToken',
    'ResponseURL',
  ].map(plain),
);

const REDACTED = '[redacted]';

/** Whether a member of this name holds a secret, in any spelling: `deviceSecret`, `device_secret`, `DeviceSecret`. */
export function isSecretField(name: string): boolean {
  return secretFields.has(plain(name));
}

/** Takes out what stands after the name of a secret field, and the query of every URL, where signed links have their key. */
export function redactText(text: string): string {
  return text
    .replace(/(\bhttps?:\/\/[^\s"'?]*)\?[^\s"']*/g, `$1?${REDACTED}`)
    .replace(
      /([A-Za-z][\w-]*)(\\?["']?\s*[:=]\s*\\?["']?)(?:Bearer\s+)?([\w+/=.~%-]{6,})/g,
      (all, name: string, between: string) => (isSecretField(name) ? name + between + REDACTED : all),
    );
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
