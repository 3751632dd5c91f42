/** Numbers that may be used once, each remembered for a time. */
export class Nonces {
  private readonly seen = new Map<string, number>();

  constructor(private readonly memoryMs: number) {}

  has(owner: string, nonce: string, now: number): boolean {
    for (const [known, seenAt] of this.seen) {
      if (seenAt >= now - this.memoryMs) break;
      this.seen.delete(known);
    }
    return this.seen.has(entryOf(owner, nonce));
  }

  use(owner: string, nonce: string, now: number): void {
    this.seen.set(entryOf(owner, nonce), now);
  }

  clear(): void {
    this.seen.clear();
  }
}

function entryOf(owner: string, nonce: string): string {
  return `${owner}\n${nonce}`;
}
