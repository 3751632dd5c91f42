import fc from 'fast-check';
import { MAX_REASON_BYTES, reasonOf, RequestFailed } from '../../handler/request-failed';

describe('a reason', () => {
  it('is the message and the code in brackets', () => {
    expect(reasonOf({ code: 'DevicesExist', message: 'light-002 exists' })).toBe('light-002 exists [DevicesExist]');
  });

  it('is one line', () => {
    expect(reasonOf({ code: 'C', message: ' one\n two\r\n\tthree\u2028four\u0007 ' })).toBe('one two three four [C]');
  });

  it('keeps its beginning and its end when it is too long, and no half words', () => {
    const names = Array.from({ length: 400 }, (_, i) => `light-${i} (name exists)`);
    const message = `400 of 500 devices were not registered: ${names.join(', ')}; rolled back the other 100 devices`;
    const line = reasonOf({ code: 'DevicesNotRegistered', message });
    expect(line).toMatch(/^400 of 500 devices were not registered: light-0 \(name exists\), light-1 /);
    expect(line).toMatch(/rolled back the other 100 devices \[DevicesNotRegistered\]$/);
    expect(line).toMatch(/\S … \S/);
    expect(Buffer.byteLength(JSON.stringify(line))).toBeGreaterThan(MAX_REASON_BYTES - 200);
  });

  it('never exceeds its bytes, ends with its code and is one line, whatever the message (I9)', () => {
    const message = fc.string({ unit: 'binary', maxLength: 4_000 });
    fc.assert(
      fc.property(message, (text) => {
        const line = reasonOf({ code: 'Code', message: text });
        expect(Buffer.byteLength(JSON.stringify(line))).toBeLessThanOrEqual(MAX_REASON_BYTES);
        expect(line.endsWith(' [Code]')).toBe(true);
        expect(line).not.toMatch(/[\r\n\u2028\u2029]/);
      }),
    );
  });

  it('is the whole stack of the error that carries it, because the framework sends the stack', () => {
    const error = new RequestFailed('a line [C]');
    expect([error.message, error.stack]).toEqual(['a line [C]', 'a line [C]']);
  });

  it('has nothing that stands after the name of a secret (I7)', () => {
    const message =
      'the cloud said {"DeviceSecret":"Zx81QqPp77", "Signature": "abc+def/123="} to https://h/p?Signature=xyz123&a=b';
    const line = reasonOf({ code: 'C', message });
    expect(line).not.toMatch(/Zx81QqPp77|abc\+def|xyz123/);
    expect(line).toContain('https://h/p?[redacted]');
  });
});
