/**
 * Where keys come from: read when first needed, and read anew (`refresh`) when the cloud refuses them, since a secret
 * may have been rotated and a temporary token may have expired.
 */
export type CredentialSource<Credentials = unknown> = (refresh: boolean) => Promise<Credentials>;

/** One connection's keys: read once, refreshed once however many calls are refused together. */
export class CredentialCache<Credentials> {
  private current?: Promise<Credentials>;

  constructor(private readonly source: CredentialSource<Credentials>) {}

  get(): Promise<Credentials> {
    return (this.current ??= this.read(false));
  }

  /** Other keys than the `refused` ones, or undefined if there are none. */
  async replace(refused: Credentials): Promise<Credentials | undefined> {
    const seen = this.current;
    const present = await this.get();
    if (!same(present, refused)) return present;
    if (this.current === seen) this.current = this.read(true);
    const renewed = await this.get();
    return same(renewed, refused) ? undefined : renewed;
  }

  /** A failed read is not kept. */
  private read(refresh: boolean): Promise<Credentials> {
    const reading: Promise<Credentials> = this.source(refresh).catch((error: unknown) => {
      if (this.current === reading) this.current = undefined;
      throw error;
    });
    return reading;
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
