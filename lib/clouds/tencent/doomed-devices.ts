import type { Clock } from '../../batch/ports/clock';
import type { FoundDevice } from '../../batch/ports/cloud';
import type { TencentClient } from './client';
import { firstPage, furtherPages, pagesOf } from './device-listing';
import type { DeviceInfo } from './device-operations';
import { foundDevice } from './found-device';
import { deviceOf, FEW, readOneByOne } from './look-up';

/** A listing is used for so many times as long as it took, so that most of the time is left for the deletion itself. */
const USE = 2;

/** It is used for so long at most, and for so long at least, as blocks are looked at side by side. */
const [LEAST_USE_MS, MOST_USE_MS] = [2_000, 60_000];

/** How long after a device was looked up it may be deleted without another look. */
const TOLD_MS = 30_000;

/** A listing of more pages takes longer than 100 s, by the end of which it would be worth little: 400,000 devices. */
const MOST_PAGES = 1_600;

/**
 * Devices that are about to be deleted. A deletion goes by name, so each device must be seen before, to be the same one as ever
 * and not connected. One call for each would take five times as long as the deletions: a listing of the product serves them
 * for a while. For nothing but deletion: whether a name is free must not be told from memory.
 */
export class DoomedDevices {
  private readonly listed = new Map<string, FoundDevice>();
  private listedUntil = 0;
  /** What was told to whoever wants to delete it. */
  private readonly told = new Map<string, { device: FoundDevice; until: number }>();

  constructor(
    private readonly client: TencentClient,
    private readonly productId: string,
    private readonly clock: Clock,
  ) {}

  /** Which of the names exist. `left`: how many devices are still to be deleted, with these. */
  async lookUp(names: readonly string[], left: number): Promise<FoundDevice[]> {
    if (this.clock.now() >= this.listedUntil) {
      this.listed.clear();
      if (left > FEW) await this.list(left);
    }
    const listed = names.flatMap((name) => this.listed.get(name) ?? []);
    // Also what the listing has missed because others were deleted meanwhile.
    const unlisted = names.filter((name) => !this.listed.has(name));
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
    this.listed.delete(name);
    this.told.delete(name);
  }

  /** Lists the product, unless that takes more calls than there are devices to be deleted, or too long. */
  private async list(left: number): Promise<void> {
    const began = this.clock.now();
    const first = await firstPage(this.client, this.productId);
    if (pagesOf(first) > Math.min(left, MOST_PAGES)) {
      // Nor is it worth asking again soon how large the product is.
      this.listedUntil = this.clock.now() + MOST_USE_MS;
      return;
    }
    const keep = (device: DeviceInfo) => this.listed.set(device.DeviceName, this.found(device));
    first.devices.forEach(keep);
    await furtherPages(this.client, this.productId, first, keep);
    // What was deleted since has moved others into it.
    (await firstPage(this.client, this.productId)).devices.forEach(keep);
    const ended = this.clock.now();
    this.listedUntil = ended + Math.min(MOST_USE_MS, Math.max(LEAST_USE_MS, (ended - began) * USE));
  }

  private found(device: DeviceInfo): FoundDevice {
    return foundDevice(device, this.client.clockSkewMs);
  }
}
