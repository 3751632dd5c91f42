import { createHash } from 'node:crypto';

const lettersAndDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Chance that repeats: the same seed gives the same ids, secrets and faults, so that a failed run can be replayed. */
export class Randomness {
  private refills = 0;
  private pool = Buffer.alloc(0);

  constructor(private readonly seed: string) {}

  bytes(count: number): Buffer {
    if (this.pool.length < count) {
      // A hash a draw would take seconds for 100,000 devices.
      const outputLength = Math.max(count, 4_096);
      this.pool = createHash('shake256', { outputLength }).update(`${this.seed}:${this.refills++}`).digest();
    }
    const drawn = this.pool.subarray(0, count);
    this.pool = this.pool.subarray(count);
    return drawn;
  }

  /** Uniform in [0, 1). */
  fraction(): number {
    return this.bytes(6).readUIntBE(0, 6) / 2 ** 48;
  }

  /** Letters and digits. */
  text(length: number): string {
    let text = '';
    for (const byte of this.bytes(length)) text += lettersAndDigits[byte % lettersAndDigits.length];
    return text;
  }

  /** In the form of a GUID, upper case, as Alibaba's request ids are. */
  guid(): string {
    const hex = this.bytes(16).toString('hex').toUpperCase();
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }
}
