import * as z from 'zod';
import { caseless, count, list, optionalText } from '../http/schema';
import { documentedRates } from './limits';
import type { Operation } from './operation';

const productAnswer = caseless({
  ProductProperties: caseless({
    EncryptionType: optionalText,
    ProductType: count.nullish().catch(undefined),
  }).nullish(),
});

export const DescribeProduct: Operation<z.output<typeof productAnswer>> = {
  name: 'DescribeProduct',
  perSecond: documentedRates.DescribeProduct,
  repeatable: true,
  answer: productAnswer,
};

/** Seconds since 1970; 0 for never. Null "where it cannot be told". */
const time = count.nullish().transform((value) => value ?? undefined);

const deviceInfo = caseless({
  DeviceName: z.string().min(1),
  DeviceCert: optionalText,
  DevicePsk: optionalText,
  Online: time,
  LoginTime: time,
  FirstOnlineTime: time,
  LastOfflineTime: time,
  CreateTime: time,
});

export type DeviceInfo = z.output<typeof deviceInfo>;

/** One device by name. */
export const DescribeDevice: Operation<DeviceInfo> = {
  name: 'DescribeDevice',
  perSecond: documentedRates.DescribeDevice,
  repeatable: true,
  answer: deviceInfo,
};

const listAnswer = caseless({ TotalCount: count, Devices: list(deviceInfo) });

/** All devices of a product, in no documented order. */
export const DescribeDevices: Operation<z.output<typeof listAnswer>> = {
  name: 'DescribeDevices',
  perSecond: documentedRates.DescribeDevices,
  repeatable: true,
  answer: listAnswer,
};

const nothing = z.object({});

/** Deletes, for ever, whichever device has this name now. */
export const DeleteDevice: Operation<z.output<typeof nothing>> = {
  name: 'DeleteDevice',
  perSecond: documentedRates.DeleteDevice,
  // If the first one arrived, the name may be another device's by now: whoever repeats it looks first.
  repeatable: false,
  answer: nothing,
};
