import { certificateOf, pskOf } from '../../device';
import { deviceAlreadyExist, deviceExceedLimit, invalidValue, Refusal } from '../../errors';
import { isDeviceName } from '../../names';
import { type Operation, siblingRate } from '../../operation';
import { productOf } from './named';

/** Of a certificate product: the only time that the device's private key can be read. */
export const createDevice: Operation = {
  name: 'CreateDevice',
  callsPerSecond: siblingRate,
  parameters: [
    ...['ProductId', 'DeviceName', 'Attribute', 'DefinedPsk', 'Isp', 'Imei'],
    ...['LoraDevEui', 'LoraMoteType', 'Skey', 'LoraAppKey'],
  ],
  execute(call) {
    const { parameters, hub, assumptions, now, requestId } = call;
    const product = productOf(call);
    const deviceName = parameters.requiredText('DeviceName');
    if (!isDeviceName(deviceName)) throw invalidValue(`The device name ${deviceName} is invalid.`);
    const psk = parameters.text('DefinedPsk') || undefined;
    if (psk !== undefined) requirePsk(psk, product.encryption === 'psk');
    if (product.isTaken(deviceName, assumptions)) throw deviceAlreadyExist(deviceName);
    if (hub.roomForDevices(product) < 1) throw deviceExceedLimit();
    const { device, privateKey = '' } = hub.create(product, { deviceName, psk }, now, 'created', { requestId });
    device.keyRead = privateKey !== '';
    // Fields without a value are empty in the vendor's samples.
    return {
      DeviceName: deviceName,
      DevicePsk: pskOf(device),
      DeviceCert: certificateOf(device),
      DevicePrivateKey: privateKey,
      LoraDevEui: '',
      LoraMoteType: 0,
      LoraAppKey: '',
      LoraNwkKey: '',
    };
  },
};

function requirePsk(psk: string, supported: boolean): void {
  if (!supported) {
    throw new Refusal('UnauthorizedOperation.ProductNotSupportPSK', 'The product has no pre-shared keys.');
  }
  if (Buffer.from(psk, 'base64').toString('base64') !== psk) {
    throw new Refusal('InvalidParameterValue.DefinedPskNotBase64', 'DefinedPsk is not base64.');
  }
}
