import { parseSecrets, secretsText } from '../../lib/pulumi/device-secrets';

describe('the secrets of devices, as text', () => {
  it.each(['light-001', '__proto__', 'constructor', '0'])(
    'are read as they were written, of a device called %s',
    (name) => {
      const device = { name, identity: 'id', credentials: { DeviceSecret: 'secret' } };
      expect(parseSecrets(secretsText([device]))).toEqual([device]);
    },
  );

  it.each([
    '',
    'null',
    '[]',
    '"x"',
    '{"a": null}',
    '{"a": {"DeviceSecret": "s"}}',
    '{"a": {"id": 1}}',
    '{"a": {"id": "i"',
  ])('are told from something else: %s', (text) => expect(parseSecrets(text)).toBeUndefined());
});
