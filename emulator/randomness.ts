import { createHash } from 'node:crypto';

const lettersAndDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Chance that repeats: the same seed gives the same ids, secrets and faults, so that a failed run can be replayed. */
export class Randomness {
  private drawn = 0;

  constructor(private readonly seed: string) {}

  bytes(count: number): Buffer {
    const blocks: Buffer[] = [];
    for (let have = 0; have < count; have += 32) {
      blocks.push(createHash('sha256').update(`${this.seed}:${this.drawn++}`).digest());
    }
    return Buffer.concat(blocks).subarray(0, count);
  }

  /** Uniform in [0, 1). */
  fraction(): number {
    return this.bytes(6).readUIntBE(0, 6) / 2 ** 48;
  }

  /** Letters and digits. */
  text(length: number): string {
    return Array.from(this.bytes(length), (byte) => lettersAndDigits[byte % lettersAndDigits.length]).join('');
  }

  /** In the form of a GUID, upper case, as Alibaba's request ids are. */
  guid(): string {
    const hex = this.bytes(16).toString('hex').toUpperCase();
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }
}
