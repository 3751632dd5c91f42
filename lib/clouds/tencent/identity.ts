import { createHash } from 'node:crypto';

/** What a device proves itself with. Members that do not apply are missing, empty or null. */
export interface DeviceSecrets {
  DeviceCert?: string;
  DevicePsk?: string;
}

/**
 * What tells a device from a later one of its name, since the cloud has no id for it: the SHA-256 of its certificate, which is
 * its fingerprint, or of its pre-shared key. Undefined where neither is told.
 */
export function identityOf({ DeviceCert, DevicePsk }: DeviceSecrets): string | undefined {
  if (DeviceCert !== undefined) return sha256(Buffer.from(DeviceCert.replace(/-----[^-]+-----|\s/g, ''), 'base64'));
  return DevicePsk === undefined ? undefined : sha256(Buffer.from(DevicePsk.trim()));
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
