import { createHash } from 'node:crypto';

/** What a device proves itself with: a certificate, or a pre-shared key in base64. */
export type Credential = { certificate: string } | { psk: string };

/** A device as the hub knows it. Times are wall time in milliseconds. */
export interface TencentDevice {
  productId: string;
  deviceName: string;
  credential: Credential;
  /** What tells it from a later one of the same name; the cloud itself has no id for it. */
  identity: string;
  online: boolean;
  createdAt: number;
  firstOnlineAt?: number;
  lastOnlineAt?: number;
  lastOfflineAt?: number;
  /** Whether an answer has had its private key in it. */
  keyRead: boolean;
  /** The task that created it. */
  taskId?: string;
  /** Gone since; its task may still list it. */
  deleted?: true;
}

/** SHA-256 in hex: of a certificate its fingerprint, of a pre-shared key that of its text. */
export function identityOf(credential: Credential): string {
  const bytes =
    'psk' in credential
      ? Buffer.from(credential.psk)
      : Buffer.from(credential.certificate.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return createHash('sha256').update(bytes).digest('hex');
}

export const certificateOf = ({ credential }: TencentDevice): string =>
  'certificate' in credential ? credential.certificate : '';

export const pskOf = ({ credential }: TencentDevice): string => ('psk' in credential ? credential.psk : '');
