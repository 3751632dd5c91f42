import type { JobState } from '../../../lib/batch/ports/cloud';
import { jobState } from '../../../lib/clouds/aliyun/job-state';
import { BatchQueryDeviceDetail } from '../../../lib/clouds/aliyun/device-operations';
import {
  BatchCheckDeviceNames,
  QueryBatchRegisterDeviceStatus,
  QueryPageByApplyId,
  refusals,
} from '../../../lib/clouds/aliyun/job-operations';

const stateOf = (answer: unknown, names: string[] = []): JobState =>
  jobState(QueryBatchRegisterDeviceStatus.answer.parse(answer).Data, names);

describe("the vendor's sample answers", () => {
  test('a batch that was created (help.aliyun.com 69483)', () => {
    const answer = {
      RequestId: '57b144cf-09fc-4916-a272-a62902d5b207',
      Success: true,
      Data: { Status: 'CREATE_SUCCESS', ValidList: { Name: [] }, InvalidList: { Name: [] } },
    };
    expect(stateOf(answer, ['light-001'])).toEqual({ state: 'settled', failures: [] });
  });

  test('a batch that failed, with reasons in the spelling of today and of yesterday', () => {
    const detail = (key: string, member: string) => ({
      Data: {
        Status: 'CREATE_FAILED',
        ValidList: { Name: ['a-001'] },
        InvalidList: { Name: ['a-002'] },
        InvalidDetailList: { [key]: [{ DeviceName: 'a-002', NickName: 'x', [member]: 'The nick name is illegal.' }] },
      },
    });
    for (const key of ['invalidDetailList', 'InvalidDetailList']) {
      for (const member of ['ErrorMsg', 'ErrorMessage']) {
        expect(stateOf(detail(key, member), ['a-001', 'a-002'])).toEqual({
          state: 'settled',
          created: ['a-001'],
          failures: [{ name: 'a-002', reason: 'The nick name is illegal.' }],
        });
      }
    }
  });

  test('a check without findings holds an ApplyId and nothing else (help.aliyun.com 69482)', () => {
    const { Data } = BatchCheckDeviceNames.answer.parse({ Data: { ApplyId: 1295006 }, RequestId: 'r', Success: true });
    expect(Data.ApplyId).toBe('1295006');
    expect(refusals(Data)).toEqual([]);
  });

  test('a check with findings of every kind, in the vendor’s own spelling', () => {
    const { Data } = BatchCheckDeviceNames.answer.parse({
      Data: {
        InvalidDeviceNameList: { InvalidDeviceName: ['a', 'b'] },
        InvalidDeviceNicknameList: { InvalidDeviceNickname: [] },
        RepeatedDeviceNameList: { RepeatDevieNameList: ['light-001'] },
        InvalidDetailList: { InvalidDetailList: [{ DeviceName: 'b', NickName: '', ErrorMsg: 'too short|too odd' }] },
      },
    });
    expect(refusals(Data)).toEqual([
      { name: 'light-001', reason: 'repeated device name' },
      { name: 'a', reason: 'invalid device name' },
      { name: 'b', reason: 'too short; too odd' },
    ]);
  });

  test('a page of devices, flat and without Data', () => {
    const page = QueryPageByApplyId.answer.parse({
      ApplyDeviceList: { ApplyDeviceInfo: [{ DeviceId: 'd', DeviceName: 'light', DeviceSecret: 's', IotId: 'i' }] },
      Page: 1,
      PageCount: 1,
      PageSize: 10,
      Total: 1,
    });
    expect(page).toMatchObject({ Total: 1, ApplyDeviceList: [{ DeviceName: 'light', DeviceSecret: 's', IotId: 'i' }] });
  });
});

describe('a list', () => {
  const detail = { DeviceName: 'light-001', IotId: 'i' };
  test.each([
    ['wrapped', { Data: { Data: [detail] } }, 1],
    ['wrapped in another case', { data: { DATA: [detail] } }, 1],
    ['bare', { Data: [detail] }, 1],
    ['of one that stands for itself', { Data: { Data: detail } }, 1],
    ['empty within its wrapper', { Data: { Data: [] } }, 0],
    ['bare and empty', { Data: [] }, 0],
    ['missing', {}, undefined],
    ['null', { Data: null }, undefined],
    ['null within its wrapper', { Data: { Data: null } }, undefined],
    ['an empty text within its wrapper, as in XML', { Data: { Data: '' } }, undefined],
    ['{}', { Data: {} }, undefined],
    ['an empty text, as in XML', { Data: '' }, undefined],
  ])('may be %s', (_name, answer, length) => {
    expect(BatchQueryDeviceDetail.answer.parse(answer).Data?.length).toBe(length);
  });

  test.each([[undefined], [null], [{}], [''], [[]], [{ Name: [] }], [{ Name: null }], [{ Name: '' }]])(
    'of names like %j is empty',
    (InvalidList) => {
      expect(stateOf({ Data: { Status: 'CREATE_FAILED', InvalidList } })).toMatchObject({ failures: [] });
    },
  );

  test.each([[{ Data: 'text' }], [{ Data: 7 }], [{ Data: { Other: [detail] } }], [{ Data: [{ DeviceName: 'x' }] }]])(
    'is not %j',
    (answer) => expect(BatchQueryDeviceDetail.answer.safeParse(answer).success).toBe(false),
  );
});

describe('the status of an application', () => {
  test.each([
    ['CHECK', 'checking'],
    ['CHECK_SUCCESS', 'checked'],
    ['CREATE', 'running'],
    ['CREATE_SUCCESS', 'settled'],
    ['create_success', 'unknown'],
    ['', 'unknown'],
  ])('%p is %s', (Status, state) => expect(stateOf({ Data: { Status } }).state).toBe(state));

  test('a failed check without any list blames every name', () => {
    expect(stateOf({ Data: { Status: 'CHECK_FAILED' } }, ['a-001', 'a-002'])).toMatchObject({
      state: 'rejected',
      failures: [{ name: 'a-001' }, { name: 'a-002' }],
      passed: [],
    });
  });

  test('a failed check that names its culprits blames no one else', () => {
    const answer = { Data: { Status: 'CHECK_FAILED', InvalidList: ['a-002'] } };
    expect(stateOf(answer, ['a-001', 'a-002'])).toMatchObject({ failures: [{ name: 'a-002' }] });
  });

  test('a failed name without a reason is reported all the same; a name in no list is in none of ours', () => {
    const answer = { Data: { Status: 'CREATE_FAILED', ValidList: ['a-001'], InvalidList: ['a-002'] } };
    expect(stateOf(answer, ['a-001', 'a-002', 'a-003'])).toEqual({
      state: 'settled',
      created: ['a-001'],
      failures: [{ name: 'a-002', reason: 'the cloud gave no reason' }],
    });
  });
});
