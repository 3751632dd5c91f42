import type { JobState } from '../../../lib/batch/ports/cloud';
import { jobState } from '../../../lib/clouds/aliyun/job-state';
import { BatchQueryDeviceDetail, QueryDevice, QueryDeviceDetail } from '../../../lib/clouds/aliyun/device-operations';
import { detailedDevice, listedDevice } from '../../../lib/clouds/aliyun/found-device';
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

describe('what pages and SDKs spell differently', () => {
  const status = (Data: object) => stateOf({ Data: { Status: 'CREATE_FAILED', ...Data } });
  const refused = (Data: object) => refusals(BatchCheckDeviceNames.answer.parse({ Data }).Data);

  test.each([
    ['RepeatDevieNameList', 'RepeatedDeviceNameList'],
    ['RepeatDeviceNameList', 'RepeatedDeviceNameList'],
    ['RepeatedDeviceName', 'RepeatedDeviceNameList'],
    ['repeatedDeviceName', 'repeatedDeviceNameList'],
  ])('%s in %s holds names that were repeated', (inner, outer) => {
    expect(refused({ [outer]: { [inner]: ['light-001'] } })).toEqual([
      { name: 'light-001', reason: 'repeated device name' },
    ]);
  });

  test.each([
    ['InvalidDeviceName', 'InvalidDeviceNameList', 'invalid device name'],
    ['invalidDeviceName', 'invalidDeviceNameList', 'invalid device name'],
    ['InvalidDeviceNickname', 'InvalidDeviceNicknameList', 'invalid nickname'],
    ['InvalidDeviceNickName', 'InvalidDeviceNickNameList', 'invalid nickname'],
  ])('%s in %s holds names that were refused', (inner, outer, reason) => {
    expect(refused({ [outer]: { [inner]: ['light-001'] } })).toEqual([{ name: 'light-001', reason }]);
    expect(refused({ [outer]: ['light-001'] })).toEqual([{ name: 'light-001', reason }]);
  });

  test.each([
    ['InvalidDetailList', 'InvalidDetailList'],
    ['invalidDetailList', 'InvalidDetailList'],
    ['invalidDetailList', 'invalidDetailList'],
  ])('%s in %s holds reasons, of a check and of a status', (inner, outer) => {
    const lists = { [outer]: { [inner]: [{ DeviceName: 'light-001', ErrorMsg: 'odd' }] } };
    expect(refused(lists)).toEqual([{ name: 'light-001', reason: 'odd' }]);
    expect(status(lists)).toMatchObject({ failures: [{ name: 'light-001', reason: 'odd' }] });
  });

  test.each(['ErrorMsg', 'ErrorMessage', 'Message', 'errorMsg', 'errorMessage'])('%s is a reason', (member) => {
    const lists = { InvalidDetailList: [{ DeviceName: 'light-001', [member]: 'odd' }] };
    expect(status(lists)).toMatchObject({ failures: [{ name: 'light-001', reason: 'odd' }] });
  });

  test.each([
    { DeviceName: 'light-001' },
    { DeviceName: 'light-001', NickName: 'x' },
    { DeviceName: 'light-001', Nickname: 'x' },
    { deviceName: 'light-001', deviceNickname: null, ErrorMsg: '' },
  ])('a failed device written as %j is reported, though without a reason', (item) => {
    expect(status({ InvalidDetailList: { invalidDetailList: [item] } })).toMatchObject({
      failures: [{ name: 'light-001', reason: 'the cloud gave no reason' }],
    });
  });

  test.each([
    { ValidList: { Name: ['a-001'] }, InvalidList: { Name: ['a-002'] } },
    { ValidList: { name: ['a-001'] }, InvalidList: { name: ['a-002'] } },
    { validList: { Name: 'a-001' }, invalidList: { Name: 'a-002' } },
    { ValidList: ['a-001'], InvalidList: ['a-002'] },
  ])('%j are the names that went well and those that failed', (lists) => {
    expect(status(lists)).toMatchObject({ created: ['a-001'], failures: [{ name: 'a-002' }] });
  });

  test.each([
    { ApplyDeviceList: { ApplyDeviceInfo: [{ DeviceName: 'light', IotId: 'i' }] }, Total: 1 },
    { ApplyDeviceList: [{ DeviceName: 'light', IotId: 'i' }], Total: '1' },
    { applyDeviceList: { applyDeviceInfo: { deviceName: 'light', iotId: 'i' } }, total: 1 },
  ])('%j is a page of devices', (page) => {
    expect(QueryPageByApplyId.answer.parse(page)).toMatchObject({
      Total: 1,
      ApplyDeviceList: [{ DeviceName: 'light', IotId: 'i' }],
    });
  });

  test.each([{ DeviceStatus: 'OFFLINE' }, { Status: 'OFFLINE' }, { status: 'OFFLINE', DeviceStatus: '' }])(
    '%j tells that a device has connected, in the listing and in its details',
    (status) => {
      const device = { DeviceName: 'light', IotId: 'i', ...status };
      const [listed] = QueryDevice.answer.parse({ Data: { DeviceInfo: [device] }, Total: 1 }).Data;
      const detailed = QueryDeviceDetail.answer.parse({ Data: device }).Data;
      expect(listed && listedDevice(listed, 0).everConnected).toBe(true);
      expect(detailedDevice(detailed, 0).everConnected).toBe(true);
    },
  );

  test.each([{ UtcActive: '2026-01-02T03:04:05.000Z' }, { GmtActive: '2026-01-02 03:04:05' }])(
    '%j tells that a device has connected',
    (times) => {
      const device = { DeviceName: 'light', IotId: 'i', Status: 'DISABLE', ...times };
      expect(detailedDevice(QueryDeviceDetail.answer.parse({ Data: device }).Data, 0).everConnected).toBe(true);
    },
  );
});
