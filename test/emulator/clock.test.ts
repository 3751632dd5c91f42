import { EmulatorClock } from '../../emulator';
import { VirtualClock } from './signed-call';

test('work time runs at the speed, wall time does not', () => {
  const source = new VirtualClock(1_000);
  const clock = new EmulatorClock(source, 10);
  source.pass(50);
  expect([clock.now(), clock.workAt(clock.now())]).toEqual([1_050, 1_500]);
  expect(clock.wallAt(1_200)).toBe(1_020);
});

test('a change of speed neither loses nor repeats time', () => {
  const source = new VirtualClock(0);
  const clock = new EmulatorClock(source, 2);
  source.pass(10);
  clock.setSpeed(100);
  expect(clock.workAt(source.time)).toBe(20);
  source.pass(1);
  expect(clock.workAt(source.time)).toBe(120);
});

test('advancing passes work time only', () => {
  const source = new VirtualClock(0);
  const clock = new EmulatorClock(source);
  clock.advance(5_000);
  expect([clock.now(), clock.workAt(clock.now())]).toEqual([0, 5_000]);
  expect(clock.wallAt(3_000)).toBe(0);
});

test.each([0, -1, NaN, Infinity])('a speed of %p is refused', (speed) => {
  expect(() => new EmulatorClock(undefined, speed)).toThrow(RangeError);
});

test.each([-1, NaN])('advancing by %p is refused', (ms) => {
  expect(() => new EmulatorClock().advance(ms)).toThrow(RangeError);
});
