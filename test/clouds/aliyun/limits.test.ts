import { aliyunLimits } from '../../../lib/clouds/aliyun/limits';
import { listingIsFaster } from '../../../lib/clouds/aliyun/look-up';
import { limitsOf } from '../../../lib/clouds/limits';

describe('the documented limits', () => {
  test.each(['light-001', 'a@b:c.d_', 'x'.repeat(32)])('%p is a device name', (name) =>
    expect(aliyunLimits.namePattern.test(name)).toBe(true),
  );

  test.each(['abc', 'x'.repeat(33), 'a b c', 'light-001\n', 'läuft', ''])('%p is none', (name) =>
    expect(aliyunLimits.namePattern.test(name)).toBe(false),
  );

  test('give the devices a second that each step handles', () => {
    const limits = limitsOf({ aliyun: { region: 'cn-shanghai', productKey: 'a1' } });
    expect(limits.throughput).toEqual({ lookUp: 500, collect: 2_500, delete: 50 });
    expect(limits.namesPerJob).toBe(10_000);
  });
});

describe('listing a whole product', () => {
  test.each([
    [101, 50, true],
    [10_000, 9_000, true],
    [10_000, 11_000, false],
    [101, 1_000, false],
    [100_000, 999_999, false],
    [1_000_000, 1_000_000, false],
    // From a million devices on no token leads from page to page.
    [2_000_000, 1_000_000, false],
    [2_000_000, 999_999, true],
  ])('for %i names in %i devices is faster: %p', (names, devices, faster) =>
    expect(listingIsFaster(names, devices)).toBe(faster),
  );
});
