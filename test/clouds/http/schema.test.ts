import { count, flag, id, optionalText } from '../../../lib/clouds/http/schema';

const read = (schema: typeof count | typeof flag | typeof id | typeof optionalText, value: unknown): unknown => {
  const { success, data } = schema.safeParse(value);
  return success ? (data ?? 'nothing') : 'refused';
};

describe('what an answer writes in more than one way', () => {
  test.each([
    [7, 7],
    ['7', 7],
    ['120', 120],
    ['', 'refused'],
    ['7 devices', 'refused'],
    ['about 7', 'refused'],
    ['1.5', 'refused'],
    [-1, 'refused'],
    [true, 'refused'],
    [null, 'refused'],
  ])('as a count: %p is %p', (value, expected) => expect(read(count, value)).toBe(expected));

  test.each([
    [true, true],
    ['true', true],
    [false, false],
    ['false', false],
    ['yes', 'refused'],
    [1, 'refused'],
  ])('as a truth: %p is %p', (value, expected) => expect(read(flag, value)).toBe(expected));

  test.each([
    ['a1', 'a1'],
    [7, '7'],
    [12345678901234567890n, '12345678901234567890'],
    ['', 'refused'],
    [null, 'refused'],
  ])('as an id: %p is %p', (value, expected) => expect(read(id, value)).toBe(expected));

  test.each([
    ['x', 'x'],
    [7, '7'],
    [0, '0'],
    ['', 'nothing'],
    [null, 'nothing'],
    [undefined, 'nothing'],
    [{}, 'refused'],
  ])('as a text that may be missing: %p is %p', (value, expected) => expect(read(optionalText, value)).toBe(expected));
});
