import * as z from 'zod';
import { documentedRates } from './limits';
import { caseless, count, id, list, optionalText } from './schema';

/** The version of the API that all of these belong to. */
export const API_VERSION = '2018-01-20';

/** An operation of the API: how it is paced and repeated, and what it answers. */
export interface Operation<Answer> {
  name: string;
  /** Documented requests a second; undefined where none are. */
  perSecond: number | undefined;
  /** Whether a call whose outcome is uncertain may simply be made again. */
  repeatable: boolean;
  /** Reads an answer with `Success: true`. */
  answer: z.ZodType<Answer>;
  /** Whether an answer with `Success: false` is one all the same: it is then returned, not thrown. */
  answersDespite?: (answer: Answer) => boolean;
}

const names = (...wrappers: string[]) => list(id, ...wrappers);

/** Names with reasons: `ErrorMsg` on the wire of today, `ErrorMessage` in other places. Several are separated by `|`. */
const details = list(
  caseless({ DeviceName: id, ErrorMsg: optionalText, ErrorMessage: optionalText }).transform(
    ({ DeviceName, ErrorMsg, ErrorMessage }) => ({
      name: DeviceName,
      reason: (ErrorMsg ?? ErrorMessage)?.split('|').join('; '),
    }),
  ),
  'InvalidDetailList',
);

const checkAnswer = caseless({
  Data: caseless({
    ApplyId: id.nullish(),
    InvalidDeviceNameList: names('InvalidDeviceName'),
    InvalidDeviceNicknameList: names('InvalidDeviceNickname'),
    // Spelt so by the vendor; the wrapper may be mended one day.
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

const productAnswer = caseless({
  Data: caseless({ ProductKey: optionalText, AuthType: optionalText, DeviceCount: count.optional().catch(undefined) }),
});

export const QueryProduct: Operation<z.output<typeof productAnswer>> = {
  name: 'QueryProduct',
  perSecond: documentedRates.QueryProduct,
  repeatable: true,
  answer: productAnswer,
};

const deviceDetail = caseless({
  DeviceName: z.string().min(1),
  IotId: id,
  Status: optionalText,
  GmtActive: optionalText,
  UtcActive: optionalText,
  UtcCreate: optionalText,
});
const detailAnswer = caseless({ Data: list(deviceDetail, 'Data') });

/** Devices by name; names that do not exist are left out. */
export const BatchQueryDeviceDetail: Operation<z.output<typeof detailAnswer>> = {
  name: 'BatchQueryDeviceDetail',
  perSecond: documentedRates.BatchQueryDeviceDetail,
  repeatable: true,
  answer: detailAnswer,
};

const listAnswer = caseless({
  Data: list(
    caseless({ DeviceName: z.string().min(1), IotId: id, DeviceStatus: optionalText, UtcCreate: optionalText }),
    'DeviceInfo',
  ),
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

const nothing = z.object({});

/** Deletes a device for ever; its IotId and certificate become invalid. */
export const DeleteDevice: Operation<z.output<typeof nothing>> = {
  name: 'DeleteDevice',
  perSecond: documentedRates.DeleteDevice,
  repeatable: true,
  answer: nothing,
};
