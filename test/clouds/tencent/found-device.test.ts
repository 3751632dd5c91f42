import { foundDevice } from '../../../lib/clouds/tencent/found-device';
import { identityOf } from '../../../lib/clouds/tencent/identity';

type Told = Partial<Parameters<typeof foundDevice>[0]>;
const found = (told: Told, skewMs = 0) =>
  foundDevice({ DeviceName: 'light-1', DevicePsk: 'psk', ...told } as Parameters<typeof foundDevice>[0], skewMs);

describe('whether a device has ever connected (I1)', () => {
  it.each<Told>([
    { Online: 1 },
    { FirstOnlineTime: 1_767_323_045 },
    { LoginTime: 1_767_323_045, FirstOnlineTime: 0 },
    { LastOfflineTime: 1_767_323_045, LoginTime: 0, FirstOnlineTime: 0 },
    { Online: 1, LoginTime: 0, FirstOnlineTime: 0, LastOfflineTime: 0 },
  ])('is told by any sign of it: %j', (told) => {
    expect(found(told).everConnected).toBe(true);
  });

  it.each<Told>([{ FirstOnlineTime: 0 }, { LoginTime: 0 }, { Online: 0, FirstOnlineTime: 0, LoginTime: 0 }])(
    'is told not to be so by a time that is none: %j',
    (told) => {
      expect(found(told).everConnected).toBe(false);
    },
  );

  it.each<Told>([{}, { Online: 0 }, { Online: 3 }, { LastOfflineTime: 0 }])(
    'is not known where no time of it is told, and then not taken for no: %j',
    (told) => {
      expect(found(told).everConnected).toBeUndefined();
    },
  );
});

describe('a device that was found', () => {
  it('came into being by our clock', () => {
    expect(found({ CreateTime: 1_000 }, 7_000).createdAt).toBe(993_000);
    expect(found({})).not.toHaveProperty('createdAt');
  });

  it('is told from a later one of its name by its certificate or its key, however they are wrapped', () => {
    const certificate = '-----BEGIN CERTIFICATE-----\nYWJj\nZGVm\n-----END CERTIFICATE-----\n';
    expect(identityOf({ DeviceCert: certificate })).toBe(identityOf({ DeviceCert: 'YWJjZGVm' }));
    expect(identityOf({ DeviceCert: 'YWJj' })).not.toBe(identityOf({ DeviceCert: 'ZGVm' }));
    expect(identityOf({ DevicePsk: ' psk\n' })).toBe(identityOf({ DevicePsk: 'psk' }));
    expect(identityOf({ DevicePsk: 'psk' })).not.toBe(identityOf({ DevicePsk: 'other' }));
    expect(identityOf({})).toBeUndefined();
  });

  it('is none where the answer has neither', () => {
    expect(() => found({ DevicePsk: undefined })).toThrow(/neither DeviceCert nor DevicePsk of light-1/);
  });
});
