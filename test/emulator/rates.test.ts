import { IotEmulator } from '../../emulator';
import { operations } from '../../emulator/aliyun/operations';
import { RateLimiter } from '../../emulator/rates';
import { call, VirtualClock } from './signed-call';

test.each([
  ['BatchCheckDeviceNames', 10],
  ['BatchRegisterDeviceWithApplyId', 500],
  ['QueryBatchRegisterDeviceStatus', 30],
  ['QueryPageByApplyId', 50],
  ['DeleteDevice', 50],
  ['QueryDevice', 50],
  ['BatchQueryDeviceDetail', 5],
  ['BatchGetDeviceState', 50],
  ['QueryProduct', 50],
])('%s may be called %i times a second, as documented', (operation, perSecond) => {
  expect(operations.get(operation)?.callsPerSecond).toBe(perSecond);
});

function allowed(emulator: IotEmulator, operation: string, calls: number): number {
  return Array.from({ length: calls }, () => call(emulator, operation).body.Code).filter(
    (code) => code !== 'Throttling.User',
  ).length;
}

test('one second holds what is documented, of each operation for itself', () => {
  const clock = new VirtualClock();
  const emulator = new IotEmulator({ clock });
  expect(allowed(emulator, 'BatchCheckDeviceNames', 20)).toBe(10);
  expect(allowed(emulator, 'QueryProduct', 60)).toBe(50);
  clock.pass(500);
  expect(allowed(emulator, 'BatchCheckDeviceNames', 20)).toBe(5);
});

test('all keys of the account share the rate', () => {
  const emulator = new IotEmulator({ clock: new VirtualClock() });
  const key = { accessKeyId: 'another', accessKeySecret: 's' };
  emulator.aliyun.seed({ keys: [key] });
  expect(allowed(emulator, 'BatchQueryDeviceDetail', 4)).toBe(4);
  const codes = [1, 2].map(() => call(emulator, 'BatchQueryDeviceDetail', {}, { key }).body.Code);
  expect(codes).toEqual(['MissingProductKey', 'Throttling.User']);
});

test('faster jobs do not loosen the rates', () => {
  const clock = new VirtualClock();
  const emulator = new IotEmulator({ clock, speed: 1_000 });
  allowed(emulator, 'BatchCheckDeviceNames', 10);
  clock.pass(100);
  expect(allowed(emulator, 'BatchCheckDeviceNames', 10)).toBe(1);
});

test('rates can be scaled and switched off', () => {
  expect(allowed(new IotEmulator({ clock: new VirtualClock(), rates: 0.5 }), 'BatchCheckDeviceNames', 20)).toBe(5);
  expect(allowed(new IotEmulator({ clock: new VirtualClock(), rates: false }), 'BatchCheckDeviceNames', 200)).toBe(200);
});

test('a hint says in milliseconds when to come back, where it is assumed that there is one', () => {
  const clock = new VirtualClock();
  const emulator = new IotEmulator({ clock, aliyun: { assumptions: { retryAfterHint: true } } });
  allowed(emulator, 'BatchCheckDeviceNames', 10);
  const { headers } = call(emulator, 'BatchCheckDeviceNames');
  expect(headers['x-acs-retry-after']).toBe('100');
  clock.pass(100);
  expect(allowed(emulator, 'BatchCheckDeviceNames', 1)).toBe(1);
});

test('a factor must be above 0', () => {
  expect(() => new RateLimiter(0)).toThrow(RangeError);
});
