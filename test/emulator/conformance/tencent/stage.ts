import type { IotEmulator } from '../../../../emulator';
import { callTc3 } from '../../tencent/tc3-call';

/** What a case has to work with: an emulator just reset, and what must be there before the call. */
export class Stage {
  readonly productId: string;
  readonly psk = 'PSKPRODUCT';
  private names = 0;

  constructor(readonly emulator: IotEmulator) {
    emulator.reset();
    this.productId = emulator.tencent.productId;
    emulator.tencent.seed({ products: [{ productId: this.psk, productName: 'keyed', encryption: 'psk' }] });
  }

  /** A name that nobody has used. */
  readonly name = (): string => `light-${100 + this.names++}`;

  /** The name of a device that is there already. */
  readonly seeded = (deviceName = this.name(), productId = this.productId): string => {
    this.emulator.tencent.seed({ devices: [{ productId, deviceName }] });
    return deviceName;
  };

  /** A task of these names, or of so many, as far along as asked for. */
  readonly task = (
    state: 'opened' | 'finished',
    names: number | readonly string[] = 1,
    ProductId = this.productId,
  ): string => {
    const DeviceNames = typeof names === 'number' ? Array.from({ length: names }, this.name) : names;
    const { body, code } = callTc3(this.emulator, 'CreateMultiDevice', { ProductId, DeviceNames });
    if (code) throw new Error(code);
    if (state === 'finished') this.emulator.advance(3_600_000);
    return body.TaskId as string;
  };
}
