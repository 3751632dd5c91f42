import { CertificateAuthority, type DeviceCertificate } from '../certificates';
import type { EmulatorClock } from '../clock';
import type { Randomness } from '../randomness';
import type { Device } from './device';

/** The certificates that were made, each when it was first asked for, and the links under which batches of them lie. */
export class CertificateShelf {
  private readonly authority: CertificateAuthority;
  private readonly issued = new Map<Device, DeviceCertificate>();
  private readonly links = new Map<string, readonly Device[]>();

  constructor(
    private readonly random: Randomness,
    private readonly clock: EmulatorClock,
  ) {
    this.authority = new CertificateAuthority(random);
  }

  clear(): void {
    this.issued.clear();
    this.links.clear();
  }

  /** Undefined while it is being made. */
  of(device: Device, now: number): DeviceCertificate | undefined {
    if (this.clock.workAt(now) < (device.certificateReadyAt ?? 0)) return undefined;
    const certificate =
      this.issued.get(device) ?? this.authority.issue(device.deviceName, device.productKey, device.createdAt);
    this.issued.set(device, certificate);
    return certificate;
  }

  /** A new link to these devices' certificates. */
  link(devices: readonly Device[]): string {
    const link = this.random.text(40);
    this.links.set(link, devices);
    return link;
  }

  /** What lies behind a link, by device name. */
  behind(link: string, now: number): Record<string, DeviceCertificate | undefined> | undefined {
    const devices = this.links.get(link);
    return devices && Object.fromEntries(devices.map((device) => [device.deviceName, this.of(device, now)]));
  }

  /** Private keys and links. */
  secrets(): string[] {
    return [...[...this.issued.values()].map(({ privateKey }) => privateKey), ...this.links.keys()];
  }
}
