import { detailedDevice } from '../../../lib/clouds/aliyun/found-device';

describe('whether a device has ever connected (I1)', () => {
  const device = { DeviceName: 'light-1', IotId: 'i1', Status: undefined, UtcActive: undefined, GmtActive: undefined };
  const told = (changes: object) =>
    detailedDevice({ ...device, ...changes } as unknown as Parameters<typeof detailedDevice>[0], 0).everConnected;

  it('is told by the time of its first connection, or by a status that says so', () => {
    expect(told({ UtcActive: '2026-01-02T03:04:05.000Z', Status: 'DISABLE' })).toBe(true);
    expect(told({ Status: 'OFFLINE' })).toBe(true);
    expect(told({ Status: 'UNACTIVE' })).toBe(false);
    expect(told({ Status: 'DISABLE' })).toBe(false);
  });

  it('is not known where the answer has neither, and then not taken for no', () => {
    expect(told({})).toBeUndefined();
    expect(told({ Status: 'HIBERNATING' })).toBeUndefined();
  });
});
