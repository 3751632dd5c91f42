import * as z from 'zod';
import { caseless, count, id, list } from '../http/schema';
import { DeleteDevice } from './device-operations';
import { CreateMultiDevice, taskDevice } from './job-operations';
import type { Operation } from './operation';

/** The actions of API 2.0. The vendor names no rates for them. */

const taskAnswer = caseless({ taskID: id });

export const LegacyCreateMultiDevice: Operation<z.output<typeof taskAnswer>> = {
  name: CreateMultiDevice.name,
  perSecond: undefined,
  repeatable: false,
  answer: taskAnswer,
};

const statusAnswer = caseless({ taskStatus: z.union([z.number(), z.string()]).transform(String) });

export const GetCreateMultiDevTask: Operation<z.output<typeof statusAnswer>> = {
  name: 'GetCreateMultiDevTask',
  perSecond: undefined,
  repeatable: true,
  answer: statusAnswer,
};

const pageAnswer = caseless({ listCreateDeviceInfo: list(taskDevice), totalDevNum: count });

/** The devices of a finished task, with each one's result; the only place for their private keys. */
export const GetMultiDevices: Operation<z.output<typeof pageAnswer>> = {
  name: 'GetMultiDevices',
  perSecond: undefined,
  repeatable: true,
  answer: pageAnswer,
};

const listAnswer = caseless({ totalCnt: count, devices: list(caseless({ deviceName: z.string().min(1) })) });

/** The names of a product's devices, and nothing else of them. */
export const ListDevices: Operation<z.output<typeof listAnswer>> = {
  name: 'ListDevices',
  perSecond: undefined,
  repeatable: true,
  answer: listAnswer,
};

const nothing = z.object({});

export const LegacyDeleteDevice: Operation<z.output<typeof nothing>> = {
  name: DeleteDevice.name,
  perSecond: undefined,
  repeatable: DeleteDevice.repeatable,
  answer: nothing,
};
