import { FileMistake, refuseAddress } from '../../../lib/batch/contract/file-mistake';
import { quote } from '../../../lib/batch/contract/quote';
import { shortened, shown } from '../../../lib/batch/contract/shown';

describe('what an error shows of a wrong value (I7)', () => {
  it.each([
    ['soon', '"soon"'],
    [7, '7'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 }, 'an object of a, b, c, d, e'],
    [['a'], 'a list'],
    [{}, 'an empty object'],
    [{ accessKeyId: 'LTAI', accessKeySecret: 'hidden' }, 'an object of accessKeyId, accessKeySecret'],
    ['https://user:hidden@host', '"https://[redacted]@host"'],
    ['https://user:hid/den@host/path', '"https://[redacted]@host/path"'],
    ['s3://bucket/names?X-Amz-Signature=hidden\nmore', '"s3://bucket/names?[redacted]"'],
  ])('of %p is %s', (value, text) => {
    expect(shown(value)).toBe(text);
  });

  it('is short', () => {
    expect(shown('x'.repeat(10_000)).length).toBeLessThan(250);
    expect(shown({ ['x'.repeat(10_000)]: 1 }).length).toBeLessThan(250);
  });

  it.each([
    ['x'.repeat(10), 'x'.repeat(10)],
    ['x'.repeat(11), `${'x'.repeat(9)}…`],
  ])('of ten characters at most, of %s is %s', (text, expected) => {
    expect(shortened(text, 10)).toBe(expected);
  });

  it('in the place of names is short as well', () => {
    expect(quote(['x'.repeat(10_000)])).toBe(JSON.stringify('x'.repeat(80)));
  });

  it('has no keys of URLs where they stand in the place of names', () => {
    expect(quote(['https://user:hidden@host', 'light 1'])).toBe('"https://[redacted]@host", "light 1"');
  });
});

it('an address is no path of a file, and what it is signed with is not told', () => {
  expect(() => refuseAddress('https://host/names.csv?Signature=hidden')).toThrow(
    'https://host/names.csv?[redacted]: is an address: give the path of a file',
  );
  expect(() => refuseAddress('C:\\names.csv')).not.toThrow();
  expect(() => refuseAddress('./s3://names.csv')).not.toThrow();
  expect(new FileMistake('x').in('names.csv').message).toBe('names.csv: x');
});
