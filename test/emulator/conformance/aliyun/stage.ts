import type { IotEmulator } from '../../../../emulator';
import { call } from '../../signed-call';

/** What a case has to work with: an emulator just reset, and what must be there before the call. */
export class Stage {
  readonly productKey: string;
  readonly x509 = 'a1x509prod0';
  readonly enterprise = { productKey: 'a1instance0', instanceId: 'iot-060a0001' };
  private names = 0;

  constructor(readonly emulator: IotEmulator) {
    emulator.reset();
    this.productKey = emulator.aliyun.productKey;
    emulator.aliyun.seed({
      products: [{ productKey: this.x509, productName: 'certified', authType: 'x509' }, this.enterprise],
    });
  }

  /** A name that nobody has used. */
  readonly name = (): string => `light-${100 + this.names++}`;

  /** A device that is there already. */
  readonly seeded = (deviceName = this.name(), productKey = this.productKey): { deviceName: string; iotId: string } => {
    this.emulator.aliyun.seed({ devices: [{ productKey, deviceName }] });
    return { deviceName, iotId: this.emulator.aliyun.device(deviceName, productKey)?.iotId ?? '' };
  };

  /** An application of so many names, as far along as asked for. */
  readonly application = (
    state: 'CHECK' | 'CHECK_SUCCESS' | 'CREATE_SUCCESS',
    count = 1,
    ProductKey = this.productKey,
  ): number => {
    const ApplyId = this.open('BatchCheckDeviceNames', {
      ProductKey,
      DeviceName: Array.from({ length: count }, this.name),
    });
    if (state !== 'CHECK') this.emulator.advance(3_600_000);
    if (state === 'CREATE_SUCCESS') {
      this.open('BatchRegisterDeviceWithApplyId', { ProductKey, ApplyId });
      this.emulator.advance(3_600_000);
    }
    return ApplyId;
  };

  /** An import of so many devices that has ended. */
  readonly imported = (count: number): number => {
    const devices = Array.from({ length: count }, (_, index) => [
      [`DeviceList.${index + 1}.DeviceName`, this.name()],
      [`DeviceList.${index + 1}.DeviceSecret`, 'ours'],
      [`DeviceList.${index + 1}.Sn`, 'SN_1'],
    ]).flat();
    const { productKey, instanceId } = this.enterprise;
    const parameters = Object.fromEntries(devices) as Record<string, string>;
    const ApplyId = this.open('BatchImportDevice', {
      ProductKey: productKey,
      IotInstanceId: instanceId,
      ...parameters,
    });
    this.emulator.advance(3_600_000);
    return ApplyId;
  };

  private open(operation: string, parameters: Parameters<typeof call>[2]): number {
    const { body } = call(this.emulator, operation, parameters);
    if (body.Success !== true) throw new Error(`${operation}: ${JSON.stringify(body)}`);
    return (body.Data as { ApplyId: number }).ApplyId;
  }
}
