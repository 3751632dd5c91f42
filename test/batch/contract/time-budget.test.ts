import { RATE_USE } from '../../../lib/batch/contract';
import {
  defaultTimeoutSeconds,
  dropSeconds,
  maxDeletableDevices,
  raiseSeconds,
  validateTimeout,
} from '../../../lib/batch/contract/time-budget';
import { aliyunLimits } from '../../../lib/clouds/aliyun/limits';

const throughput = { lookUp: 11, collect: 19, delete: 7 };
const limits = { ...aliyunLimits, throughput, mostDevices: undefined };
/** What is left of the documented rates, and of the time. */
const SLOWER = RATE_USE * 0.96;

describe('the time that a batch takes', () => {
  it('is that of looking up and collecting, to make it', () => {
    expect(raiseSeconds(limits, 100)).toBeCloseTo((100 / 11 + 100 / 19) / SLOWER);
  });

  it('is that of looking up and deleting, to take it back', () => {
    expect(dropSeconds(limits, 100)).toBeCloseTo((100 / 11 + 100 / 7) / SLOWER);
  });

  it('is allowed for by default: both, and the cloud’s own work, in whole minutes', () => {
    const needed = 600 + 2 * raiseSeconds(limits, 1_000) + dropSeconds(limits, 1_000);
    const seconds = defaultTimeoutSeconds(limits, 1_000);
    expect(seconds % 60).toBe(0);
    expect(seconds - needed).toBeGreaterThanOrEqual(0);
    expect(seconds - needed).toBeLessThan(60);
  });

  it('is by default a quarter of an hour at least, and what CloudFormation waits at most', () => {
    expect(defaultTimeoutSeconds(limits, 1)).toBe(900);
    expect(defaultTimeoutSeconds(limits, 1_000_000)).toBe(3_300);
    expect(defaultTimeoutSeconds(limits, 1_000_000, { seconds: 7_200, reason: '' })).toBe(7_200);
  });
});

describe('the most devices of a batch', () => {
  it('are those that can be deleted again in time', () => {
    const most = maxDeletableDevices(limits);
    expect(dropSeconds(limits, most)).toBeLessThanOrEqual(3_300);
    expect(dropSeconds(limits, most + 1)).toBeGreaterThan(3_300);
    expect(maxDeletableDevices({ ...limits, mostDevices: 20 })).toBe(20);
    expect(() => validateTimeout(limits, most, 3_300)).not.toThrow();
    expect(() => validateTimeout(limits, most + 1, 3_300)).toThrow(`stacks of at most ${most}`);
  });
});

describe('a time-out', () => {
  const least = Math.ceil(60 + raiseSeconds(limits, 100));
  const check = (seconds: number) => () => validateTimeout(limits, 100, seconds);

  it('must be enough to make the devices, and no more than is waited', () => {
    expect(check(least)).not.toThrow();
    expect(check(3_300)).not.toThrow();
    for (const seconds of [least - 1, 3_301, NaN, Infinity, -Infinity]) {
      expect(check(seconds)).toThrow(`a time-out of ${seconds} s does not fit 100 devices: it must be from ${least} s`);
    }
  });
});
