import { redact } from '../../../lib/clouds/http/redact';

describe('a foreign text in an error message', () => {
  test('I7: loses every secret, also percent-encoded once and twice', () => {
    const token = 'tok/+=en';
    const twice = encodeURIComponent(encodeURIComponent(token));
    expect(redact(`a ${token} b ${encodeURIComponent(token)} c ${twice} d`, [token, undefined, ''])).toBe(
      'a [redacted] b [redacted] c [redacted] d',
    );
  });

  test('I7: is cut only after secrets were taken out', () => {
    expect(redact(`${'x'.repeat(8)}secret-key`, ['secret-key'], 12)).toBe('xxxxxxxx[re…');
  });

  test('is one line', () => expect(redact('a\r\n\tb\u0000 c ', [])).toBe('a b c'));
});
