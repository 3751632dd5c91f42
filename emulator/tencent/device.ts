/** What a device proves itself with: a certificate, or a pre-shared key in base64. */
export type Credential = { certificate: string } | { psk: string };

/** A device as the hub knows it. Times are wall time in milliseconds. */
export interface TencentDevice {
  productId: string;
  deviceName: string;
  credential: Credential;
  /** SHA-256 in hex over the text of its certificate or pre-shared key: what tells it from a later one of the same name. */
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

export const certificateOf = ({ credential }: TencentDevice): string =>
  'certificate' in credential ? credential.certificate : '';

export const pskOf = ({ credential }: TencentDevice): string => ('psk' in credential ? credential.psk : '');
