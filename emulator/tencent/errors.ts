/**
 * The vendor's way of saying no. `code` is that of API 3.0 (tencentcloud.com 1131/45350 and the lists of the official Go
 * SDK); API 2.0 says the same in numbers (`api-2/codes.ts`).
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly code: string,
    message: string,
    /** The vendor answers HTTP 200 whatever has happened; only faults differ. */
    readonly status = 200,
  ) {
    super(message);
  }
}

// The texts are ours: the vendor's are Chinese or English by `Language`.
export const productNotExist = (productId: string) =>
  new Refusal('ResourceNotFound.ProductNotExist', `The product ${productId} does not exist.`);

export const deviceNotExist = (deviceName: string) =>
  new Refusal('ResourceNotFound.DeviceNotExist', `The device ${deviceName} does not exist.`);

export const deviceAlreadyExist = (deviceName: string) =>
  new Refusal('InvalidParameterValue.DeviceAlreadyExist', `The device name ${deviceName} already exists.`);

export const deviceExceedLimit = () =>
  new Refusal('LimitExceeded.DeviceExceedLimit', 'The number of devices exceeds the limit.');

/** Of what every call needs; `Parameters` says it of what an operation needs. */
export const missing = (name: string) =>
  new Refusal('MissingParameter', `The request is missing a required parameter: ${name}.`);

export const invalidValue = (message: string) => new Refusal('InvalidParameterValue', message);

export const taskNotFinished = () =>
  new Refusal('UnauthorizedOperation.CreateMultiDeviceTaskNotFinished', 'The task has not finished yet.');
