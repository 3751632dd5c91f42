import * as z from 'zod';
import { caseless, count, explicitList, flag, id, list, optionalText } from '../http/schema';
import { documentedRates } from './limits';
import type { Operation } from './operation';

const productAnswer = caseless({
  Data: caseless({
    AuthType: optionalText,
    Id2: flag.nullish().catch(undefined),
    DeviceCount: count.optional().catch(undefined),
  }),
});

export type Product = z.output<typeof productAnswer>['Data'];

export const QueryProduct: Operation<z.output<typeof productAnswer>> = {
  name: 'QueryProduct',
  perSecond: documentedRates.QueryProduct,
  repeatable: true,
  answer: productAnswer,
};

const deviceDetail = caseless({
  DeviceName: z.string().min(1),
  IotId: id,
  DeviceSecret: optionalText,
  Status: optionalText,
  // The listing's word for it.
  DeviceStatus: optionalText,
  GmtActive: optionalText,
  UtcActive: optionalText,
  UtcCreate: optionalText,
});
const detailsAnswer = caseless({ Data: explicitList(deviceDetail, 'Data') });

/** Devices by name; names that do not exist are left out. An answer without a list says nothing of any of them. */
export const BatchQueryDeviceDetail: Operation<z.output<typeof detailsAnswer>> = {
  name: 'BatchQueryDeviceDetail',
  perSecond: documentedRates.BatchQueryDeviceDetail,
  repeatable: true,
  answer: detailsAnswer,
};

export type DeviceDetail = z.output<typeof deviceDetail>;

const detailAnswer = caseless({ Data: deviceDetail });

/** One device, by IotId or by product and name. */
export const QueryDeviceDetail: Operation<z.output<typeof detailAnswer>> = {
  name: 'QueryDeviceDetail',
  perSecond: documentedRates.QueryDeviceDetail,
  repeatable: true,
  answer: detailAnswer,
};

const listedDevice = caseless({
  DeviceName: z.string().min(1),
  IotId: id,
  DeviceStatus: optionalText,
  // The details' word for it.
  Status: optionalText,
  UtcCreate: optionalText,
});
const listAnswer = caseless({
  Data: list(listedDevice, 'DeviceInfo'),
  NextToken: optionalText,
  Total: count,
});

/** All devices of a product, newest first. */
export const QueryDevice: Operation<z.output<typeof listAnswer>> = {
  name: 'QueryDevice',
  perSecond: documentedRates.QueryDevice,
  repeatable: true,
  answer: listAnswer,
};

export type ListedDevice = z.output<typeof listedDevice>;

const nothing = z.object({});

/** Deletes a device for ever; its IotId and certificate become invalid. */
export const DeleteDevice: Operation<z.output<typeof nothing>> = {
  name: 'DeleteDevice',
  perSecond: documentedRates.DeleteDevice,
  // One that was lost may arrive when a batch has taken the device over: the engine has to know of it.
  repeatable: 'ifRefused',
  answer: nothing,
};
