import { isSecretField, redactText } from '../../../lib/clouds/http/redaction';

describe('the last net under texts (I7)', () => {
  test.each([
    ['DeviceSecret', true],
    ['device_secret', true],
    ['x-tc-token', true],
    ['AccessKeyId', false],
    ['ProductKey', false],
    ['', false],
  ])('takes a member named %p for a secret: %p', (name, secret) => expect(isSecretField(name)).toBe(secret));

  test.each([
    ['DeviceSecret=abcdef123', 'DeviceSecret=[redacted]'],
    ['DeviceSecret: "abcdef123", name: "light-001"', 'DeviceSecret: "[redacted]", name: "light-001"'],
    [String.raw`{\"DevicePsk\":\"YWJj/+==\"}`, String.raw`{\"DevicePsk\":\"[redacted]\"}`],
    ['Authorization: Bearer abc.def~ghi', 'Authorization: [redacted]'],
    ['SecretKey  =  abcdef and SecretKey=ghijkl', 'SecretKey  =  [redacted] and SecretKey=[redacted]'],
    ['ProductKey=a1BwAGV0001', 'ProductKey=a1BwAGV0001'],
    // Too short for a key: a word of the message.
    ['Signature: none', 'Signature: none'],
    ['see https://host/path?Signature=abc&x=1 there', 'see https://host/path?[redacted] there'],
    ['"http://host?a=b" and https://host/c', '"http://host?[redacted]" and https://host/c'],
  ])('makes of %p %p', (text, redacted) => expect(redactText(text)).toBe(redacted));
});
