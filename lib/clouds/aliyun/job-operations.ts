import * as z from 'zod';
import { caseless, count, id, list, optionalText } from '../http/schema';
import { documentedRates } from './limits';
import type { Operation } from './operation';

const names = (...wrappers: string[]) => list(id, ...wrappers);

/**
 * Names with reasons: `ErrorMsg` on the wire of today, the envelope's and the gateway's words in other places. Several
 * are separated by `|`.
 */
const details = list(
  caseless({ DeviceName: id, ErrorMsg: optionalText, ErrorMessage: optionalText, Message: optionalText }).transform(
    ({ DeviceName, ErrorMsg, ErrorMessage, Message }) => ({
      name: DeviceName,
      reason: (ErrorMsg ?? ErrorMessage ?? Message)?.split('|').join('; '),
    }),
  ),
  'InvalidDetailList',
);

const checkAnswer = caseless({
  Data: caseless({
    ApplyId: id.nullish(),
    InvalidDeviceNameList: names('InvalidDeviceName'),
    InvalidDeviceNicknameList: names('InvalidDeviceNickname'),
    // The first is the vendor's spelling, the last that of the import family; the typo may be mended one day.
    RepeatedDeviceNameList: names('RepeatDevieNameList', 'RepeatDeviceNameList', 'RepeatedDeviceName'),
    InvalidDetailList: details,
  }),
});

type CheckedNames = z.output<typeof checkAnswer>['Data'];

/** Submits names for checking; registers nothing (help.aliyun.com 69482). */
export const BatchCheckDeviceNames: Operation<z.output<typeof checkAnswer>> = {
  name: 'BatchCheckDeviceNames',
  perSecond: documentedRates.BatchCheckDeviceNames,
  // At worst an application is left that nobody registers.
  repeatable: true,
  answer: checkAnswer,
  // A refusal of names comes as `Success: false` with the names, as the page has it, or as `Success: true` with them.
  answersDespite: ({ Data }) => refusals(Data).length > 0,
};

/** Every name or nickname that a check refused at once, whatever the list. */
export function refusals(data: CheckedNames): { name: string; reason: string }[] {
  const refused = new Map<string, string>();
  for (const name of data.InvalidDeviceNicknameList) refused.set(name, 'invalid nickname');
  for (const name of data.RepeatedDeviceNameList) refused.set(name, 'repeated device name');
  for (const name of data.InvalidDeviceNameList) refused.set(name, 'invalid device name');
  for (const { name, reason } of data.InvalidDetailList) refused.set(name, reason ?? refused.get(name) ?? 'refused');
  return [...refused].map(([name, reason]) => ({ name, reason }));
}

const registerAnswer = caseless({ Data: caseless({ ApplyId: id }) });

/** Starts the registration of checked names; success means submitted, no more (help.aliyun.com 69514). */
export const BatchRegisterDeviceWithApplyId: Operation<z.output<typeof registerAnswer>> = {
  name: 'BatchRegisterDeviceWithApplyId',
  perSecond: documentedRates.BatchRegisterDeviceWithApplyId,
  // What a second call with the same id does is not documented.
  repeatable: false,
  answer: registerAnswer,
};

/**
 * Starts the registration of `Count` devices with names of the cloud's own (help.aliyun.com 69473). Made twice, it makes
 * them twice.
 */
export const BatchRegisterDevice: Operation<z.output<typeof registerAnswer>> = {
  name: 'BatchRegisterDevice',
  perSecond: documentedRates.BatchRegisterDevice,
  repeatable: false,
  answer: registerAnswer,
};

const statusAnswer = caseless({
  Data: caseless({
    Status: z.string(),
    ValidList: names('Name'),
    InvalidList: names('Name'),
    InvalidDetailList: details,
  }),
});

/** What has become of an application (help.aliyun.com 69483). */
export const QueryBatchRegisterDeviceStatus: Operation<z.output<typeof statusAnswer>> = {
  name: 'QueryBatchRegisterDeviceStatus',
  perSecond: documentedRates.QueryBatchRegisterDeviceStatus,
  repeatable: true,
  answer: statusAnswer,
};

export type ApplicationStatus = z.output<typeof statusAnswer>['Data'];

const pageAnswer = caseless({
  ApplyDeviceList: list(
    caseless({ DeviceName: z.string().min(1), IotId: id, DeviceSecret: optionalText }),
    'ApplyDeviceInfo',
  ),
  Total: count,
});

/** The devices of an application, page by page; the only place for their secrets (help.aliyun.com 69518). */
export const QueryPageByApplyId: Operation<z.output<typeof pageAnswer>> = {
  name: 'QueryPageByApplyId',
  perSecond: documentedRates.QueryPageByApplyId,
  repeatable: true,
  answer: pageAnswer,
};
