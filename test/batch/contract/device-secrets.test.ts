import {
  isSamePlace,
  MAX_DEVICE_SECRETS,
  parseOptions,
  secretName,
  secretNamePart,
  secretsPrefix,
  validateDeviceSecrets,
} from '../../../lib/batch/contract';

describe('the name of a secret', () => {
  it('has the stack, the batch, the generation and the device', () => {
    expect(secretName(secretsPrefix('Street'), 'b0123456789abcdef', 'b0123456789abcdef-01', 'light-001')).toBe(
      'iot-device-batch/Street/b0123456789abcdef/b0123456789abcdef-01/light-001',
    );
  });

  it.each([
    ['light-001', 'light-001'],
    ['A_b.c@d-1', 'A_b.c@d-1'],
    ['00:1B:44:11', '00=3A1B=3A44=3A11'],
    ['a=3Ab', 'a=3D3Ab'],
    ['a/b+c', 'a=2Fb=2Bc'],
    ['灯', '=E7=81=AF'],
    // A hyphen and six characters are what Secrets Manager adds to ARNs.
    ['light-000001', 'light=2D000001'],
    ['light-ab-cde', 'light=2Dab-cde'],
    ['light-0001', 'light-0001'],
  ])('ends for the device %s with %s', (device, expected) => {
    expect(secretNamePart(device)).toBe(expected);
  });

  it('is one that Secrets Manager takes, and another one for each device', () => {
    const odd = [...Array(128).keys()].flatMap((code) => [`x${String.fromCharCode(code)}y-12345`, `-${code}-${code}`]);
    const names = [...new Set(odd)].map(secretNamePart);
    expect(names.filter((name) => !/^[A-Za-z0-9/_+=.@-]+$/.test(name) || /-.{6}$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(new Set(odd).size);
    expect(names.map(readBack)).toEqual([...new Set(odd)]);
  });

  it('fits, however long stack and device are called', () => {
    const generation = `b${'0'.repeat(16)}-${'0'.repeat(16)}`;
    const longest = secretName(secretsPrefix('s'.repeat(128)), `b${'0'.repeat(16)}`, generation, ':'.repeat(48));
    expect(longest.length).toBeLessThan(350);
  });
});

/** Undoes the escapes, as a reader does who lists the secrets. */
function readBack(part: string): string {
  const bytes = part.replace(/=([0-9A-F]{2})/g, (_, byte: string) => String.fromCharCode(parseInt(byte, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

describe('secrets for devices', () => {
  const inSecretsManager = { secretsManager: { prefix: 'iot-device-batch/Street' } };

  it('are for ten at most', () => {
    expect(() => validateDeviceSecrets(inSecretsManager, MAX_DEVICE_SECRETS)).not.toThrow();
    expect(() => validateDeviceSecrets(inSecretsManager, 11)).toThrow(/^11 devices .* 10: /);
    for (const place of ['store', 'none'] as const) expect(() => validateDeviceSecrets(place, 100_000)).not.toThrow();
  });

  it('are at another place with another key or another prefix', () => {
    const withKey = { secretsManager: { ...inSecretsManager.secretsManager, encryptionKey: 'arn:aws:kms:one' } };
    const elsewhere = { secretsManager: { prefix: 'iot-device-batch/Park' } };
    const all = ['store', 'none', inSecretsManager, withKey, elsewhere] as const;
    for (const one of all) {
      for (const other of all) expect(isSamePlace(structuredClone(one), other)).toBe(one === other);
    }
  });

  it.each([
    ['store', 'store'],
    [undefined, 'store'],
    [inSecretsManager, inSecretsManager],
  ])('travel as %j', (travelled, expected) => {
    expect(parsed(travelled)).toEqual(expected);
  });

  it.each([['nowhere'], [{ secretsManager: {} }], [{ secretsManager: { prefix: 'a*' } }]])(
    'do not travel as %j',
    (travelled) => {
      expect(() => parsed(travelled)).toThrow('deviceCredentials');
    },
  );

  function parsed(deviceCredentials: unknown): unknown {
    return parseOptions({
      cloud: { aliyun: { region: 'cn-shanghai', productKey: 'a1' } },
      devices: { named: ['gate'] },
      timeoutSeconds: '900',
      ...(deviceCredentials !== undefined && { deviceCredentials }),
    }).deviceCredentials;
  }
});
