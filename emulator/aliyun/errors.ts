/** Refused by the API gateway, before the IoT service sees the call: HTTP 4xx or 5xx, `Code` and `Message`. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

/** Refused by the IoT service: an envelope with `Success: false`, `Code` and `ErrorMessage`. */
export class BusinessError extends Error {
  override readonly name = 'BusinessError';
  constructor(
    readonly code: string,
    message: string,
    /** Goes into the envelope beside the error. */
    readonly payload: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

// The meanings of the codes: help.aliyun.com 87387. The texts are ours: the vendor's are Chinese or English by endpoint.
export const notExistedProduct = (productKey: string) =>
  new BusinessError('iot.prod.NotExistedProduct', `The product ${productKey} does not exist.`);

export const notExistedDevice = () => new BusinessError('iot.device.NotExistedDevice', 'The device does not exist.');

export const instanceNotFound = (code: string) =>
  new BusinessError(code, 'The instance is not found. Check IotInstanceId.');

export const applyIsNotFound = (applyId: string) =>
  new BusinessError('iot.device.DeviceApplyIsNotFound', `The application ${applyId} is not found.`);

export const invalidPage = () =>
  new BusinessError('iot.common.InvalidPageParams', 'The page number or page size is invalid.');

export const noneNamed = () =>
  new BusinessError('iot.device.NoneDeviceNameElement', 'The list of device names is empty.');

export const tooManyDevices = (message: string) => new BusinessError('iot.device.DeviceCountExceeded', message);

export const malformedDeviceName = (name: string) =>
  new BusinessError('iot.device.InvalidFormattedDeviceName', `The device name ${name} is illegal.`);
