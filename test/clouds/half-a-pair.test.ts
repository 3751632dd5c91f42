/** Texts with half a surrogate pair, which no UTF-8 has: in a damaged record, or in a secret. */
import { enc } from '../../lib/clouds/aliyun/encode';
import { redact } from '../../lib/clouds/http/redact';

it('half a surrogate pair is signed and sent as the character that stands for what is unreadable', () => {
  expect(enc('a\ud800*')).toBe(`a${enc('\ufffd')}%2A`);
});

it('a secret with half a surrogate pair is taken out of a text', () => {
  const secret = 'key\udc00secret';
  expect(redact(`signed ${enc(secret)} with ${secret}`, [secret])).toBe('signed [redacted] with [redacted]');
});
