import type { Clock } from '../../batch/ports/clock';
import type { FoundDevice } from '../../batch/ports/cloud';
import type { TencentClient } from './client';
import { firstPage, furtherPages, pagesOf } from './device-listing';
import type { DeviceInfo } from './device-operations';
import { foundDevice } from './found-device';
import { deviceOf, FEW, readOneByOne } from './look-up';

/** A listing is used for so many times as long as it took, so that half of what may be asked is left for others. */
const USE = 2;

/** It is used for so long at most, and for so long at least, as blocks are looked at side by side. */
const [LEAST_USE_MS, MOST_USE_MS] = [2_000, 60_000];

/** How long after a device was looked up it may be deleted without another look. */
const TOLD_MS = 30_000;

/** A listing of more pages takes longer than 100 s, by the end of which it would be worth little: 400,000 devices. */
const MOST_PAGES = 1_600;

/** Two listings of more pages do not fit beside each other into the memory of a Lambda function (200,000 devices take 45 MB). */
const MOST_PAGES_TWICE = 800;

/** What a listing of the product has shown. */
interface Listing {
  devices: Map<string, FoundDevice>;
  /** When the next one should begin, to be there when this one is too old (milliseconds since 1970). */
  renewAt: number;
  /** When it is too old. */
  until: number;
}

/**
 * Devices that are about to be deleted. A deletion goes by name, so each device must be seen before, to be the same one as ever
 * and not connected. One call for each would take five times as long as the deletions: a listing of the product serves them
 * for a while, and the next one is made beside them. For nothing but deletion: whether a name is free must not be told from memory.
 */
export class DoomedDevices {
  private listing: Listing = { devices: new Map(), renewAt: 0, until: 0 };
  /** The next listing, being made. */
  private next?: Promise<Listing>;
  /** Names whose deletion was sent. No listing counts for them: it may show one whose deletion arrives only later. */
  private readonly sent = new Set<string>();
  /** What was told to whoever wants to delete it. */
  private readonly told = new Map<string, { device: FoundDevice; until: number }>();

  constructor(
    private readonly client: TencentClient,
    private readonly productId: string,
    private readonly clock: Clock,
  ) {}

  /** Which of the names exist. `left`: how many devices are still to be deleted, with these. */
  async lookUp(names: readonly string[], left: number): Promise<FoundDevice[]> {
    await this.renew(left);
    const { devices } = this.listing;
    const isListed = (name: string) => devices.has(name) && !this.sent.has(name);
    const listed = names.filter(isListed).flatMap((name) => devices.get(name) ?? []);
    // Also what the listing has missed because others were deleted meanwhile.
    const unlisted = names.filter((name) => !isListed(name));
    const asked = await readOneByOne(this.client, this.productId, unlisted, (device) => this.found(device));
    const until = this.clock.now() + TOLD_MS;
    for (const device of [...listed, ...asked]) this.told.set(device.name, { device, until });
    return [...listed, ...asked];
  }

  /** The device that has this name, as it was seen a while ago at most. */
  async present(name: string): Promise<FoundDevice | undefined> {
    const told = this.told.get(name);
    if (told && this.clock.now() < told.until) return told.device;
    const device = await deviceOf(this.client, this.productId, name);
    return device && this.found(device);
  }

  /** To be called before its deletion: if the answer is lost, another device may have the name the next time. */
  forget(name: string): void {
    this.sent.add(name);
    this.listing.devices.delete(name);
    this.told.delete(name);
  }

  /** Resolves when no listing is being made any more. */
  async idle(): Promise<void> {
    await this.next?.catch(() => undefined);
  }

  /** Sees to it that the listing is young enough. Few devices need none. */
  private async renew(left: number): Promise<void> {
    const isDue = (at: number) => this.clock.now() >= at;
    if (left <= FEW) {
      if (isDue(this.listing.until)) this.listing.devices.clear();
      return;
    }
    if (isDue(this.listing.renewAt)) this.next ??= this.begin(left);
    // One that was made long before anybody asked for it may be too old as well.
    while (isDue(this.listing.until)) {
      this.listing.devices.clear();
      await this.take((this.next ??= this.begin(left)));
    }
  }

  /** Begins a listing. If it fails while the last one still serves, another one is begun. */
  private begin(left: number): Promise<Listing> {
    const next = this.list(left);
    next.catch(() => {
      if (this.next === next && this.clock.now() < this.listing.until) this.next = undefined;
    });
    return next;
  }

  /** Whoever else has waited for it finds it taken. */
  private async take(next: Promise<Listing>): Promise<void> {
    try {
      const listing = await next;
      if (this.next === next) this.listing = listing;
    } finally {
      if (this.next === next) this.next = undefined;
    }
  }

  /** Lists the product, unless that takes more calls than there are devices to be deleted, or too long. */
  private async list(left: number): Promise<Listing> {
    const began = this.clock.now();
    const devices = new Map<string, FoundDevice>();
    const first = await firstPage(this.client, this.productId);
    if (pagesOf(first) > Math.min(left, MOST_PAGES)) {
      // Nor is it worth asking again soon how large the product is.
      const until = this.clock.now() + MOST_USE_MS;
      return { devices, renewAt: until, until };
    }
    const keep = (device: DeviceInfo) => devices.set(device.DeviceName, this.found(device));
    first.devices.forEach(keep);
    await furtherPages(this.client, this.productId, first, keep);
    // What was deleted since has moved others into it.
    (await firstPage(this.client, this.productId)).devices.forEach(keep);
    const ended = this.clock.now();
    const until = ended + Math.min(MOST_USE_MS, Math.max(LEAST_USE_MS, (ended - began) * USE));
    const fitsTwice = pagesOf(first) <= MOST_PAGES_TWICE;
    return { devices, renewAt: fitsTwice ? Math.max(ended, until - (ended - began)) : until, until };
  }

  private found(device: DeviceInfo): FoundDevice {
    return foundDevice(device, this.client.clockSkewMs);
  }
}
