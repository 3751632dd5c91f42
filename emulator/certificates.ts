import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { Randomness } from './randomness';
import { der } from './der';

/** An X.509 device's identity. Both texts are PEM. */
export interface DeviceCertificate {
  serialNumber: string;
  certificate: string;
  privateKey: string;
}

const thirtyYears = 30 * 365 * 24 * 3_600_000;
/** RFC 8410. The vendors' keys are of other kinds; these come from the seed, and their signatures repeat. */
const ed25519 = der.sequence(der.objectIdentifier(1, 3, 101, 112));

/** Reading and writing a key takes ten times as long as signing with one, which 100,000 devices would notice. */
const distinctKeys = 1_024;

interface DeviceKey {
  publicKey: Buffer;
  privateKey: string;
}

/**
 * Issues real certificates, all from one key: TLS libraries read them, and no cloud trusts them. No two are alike, but after
 * 1,024 devices their keys come again.
 */
export class CertificateAuthority {
  private key: KeyObject | undefined;
  private readonly deviceKeys: DeviceKey[] = [];
  private issued = 0;

  constructor(private readonly random: Randomness) {}

  issue(deviceName: string, productKey: string, notBefore: number): DeviceCertificate {
    this.key ??= this.newKey();
    const { publicKey, privateKey } = this.nextDeviceKey();
    // The first bit is 0, so that the number is positive, and the second is 1, so that it has 16 bytes.
    const serial = Buffer.from(this.random.bytes(16));
    serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
    const toSign = der.sequence(
      der.context(0, der.integer(Buffer.of(2))),
      der.integer(serial),
      ed25519,
      nameOf('Emulated IoT Platform', 'iot-device-batch'),
      der.sequence(der.time(notBefore), der.time(notBefore + thirtyYears)),
      nameOf(deviceName, productKey),
      publicKey,
    );
    const certificate = der.sequence(toSign, ed25519, der.bitString(sign(null, toSign, this.key)));
    return {
      serialNumber: serial.toString('hex').toUpperCase(),
      certificate: pem('CERTIFICATE', certificate),
      privateKey,
    };
  }

  private nextDeviceKey(): DeviceKey {
    const at = this.issued++ % distinctKeys;
    return (this.deviceKeys[at] ??= written(this.newKey()));
  }

  /** The key of a seed of 32 bytes (RFC 8410, 7). */
  private newKey(): KeyObject {
    const header = Buffer.from('302e020100300506032b657004220420', 'hex');
    return createPrivateKey({ key: Buffer.concat([header, this.random.bytes(32)]), format: 'der', type: 'pkcs8' });
  }
}

function written(key: KeyObject): DeviceKey {
  return {
    publicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }),
    privateKey: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

/** Organisation and common name. */
function nameOf(commonName: string, organisation: string): Buffer {
  const part = (attribute: number, text: string) =>
    der.set(der.sequence(der.objectIdentifier(2, 5, 4, attribute), der.text(text)));
  return der.sequence(part(10, organisation), part(3, commonName));
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
