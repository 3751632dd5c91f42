import { tencentLimits } from '../../../lib/clouds/tencent/limits';

test.each(['a', 'light:001_-', 'x'.repeat(48)])('%p is a device name', (name) =>
  expect(tencentLimits.namePattern.test(name)).toBe(true),
);

test.each(['x'.repeat(49), 'a.b', 'a@b', 'a b', 'light\n', 'läuft', ''])('%p is none', (name) =>
  expect(tencentLimits.namePattern.test(name)).toBe(false),
);

test('the limits give the devices a second that each step handles', () => {
  expect(tencentLimits.throughput).toEqual({ lookUp: 5_000, collect: 10_000, delete: 100 });
  expect(tencentLimits.namesPerJob).toBe(100);
});
