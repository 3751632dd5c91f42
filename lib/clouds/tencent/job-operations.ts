import * as z from 'zod';
import { caseless, count, id, list, optionalText } from '../http/schema';
import { documentedRates } from './limits';
import type { Operation } from './operation';

const taskAnswer = caseless({ TaskId: id });

/**
 * Opens a task that creates up to a hundred devices (version 2018-06-14, and the same in API 2.0). Made twice, it opens two, and
 * the names of the second exist by then.
 */
export const CreateMultiDevice: Operation<z.output<typeof taskAnswer>> = {
  name: 'CreateMultiDevice',
  perSecond: documentedRates.CreateMultiDevice,
  repeatable: false,
  answer: taskAnswer,
};

const statusAnswer = caseless({ TaskStatus: z.union([z.number(), z.string()]).transform(String) });

/** 0 not started, 1 running, 2 finished, which does not mean that every device was created. */
export const DescribeMultiDevTask: Operation<z.output<typeof statusAnswer>> = {
  name: 'DescribeMultiDevTask',
  perSecond: documentedRates.DescribeMultiDevTask,
  repeatable: true,
  answer: statusAnswer,
};

export const taskDevice = caseless({
  DeviceName: z.string().min(1),
  // Some samples have numbers as texts.
  Result: z.union([z.number(), z.string().min(1)]).transform(String),
  ErrMsg: optionalText,
  DevicePsk: optionalText,
  DeviceCert: optionalText,
  DevicePrivateKey: optionalText,
});

export type TaskDevice = z.output<typeof taskDevice>;

const pageAnswer = caseless({ DevicesInfo: list(taskDevice), TotalDevNum: count });

/** The devices of a finished task, with each one's result; the only place for their private keys. */
export const DescribeMultiDevices: Operation<z.output<typeof pageAnswer>> = {
  name: 'DescribeMultiDevices',
  perSecond: documentedRates.DescribeMultiDevices,
  repeatable: true,
  answer: pageAnswer,
};
