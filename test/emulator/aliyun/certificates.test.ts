import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { IotEmulator, startEmulator } from '../../../emulator';
import { call, type Parameters, VirtualClock } from '../signed-call';

const productKey = 'a1x509prod0';
let clock: VirtualClock;
let emulator: IotEmulator;
beforeEach(() => {
  clock = new VirtualClock();
  emulator = emulated();
});

function emulated(seed?: string): IotEmulator {
  const made = new IotEmulator({ clock, seed, rates: false });
  made.aliyun.seed({ products: [{ productKey, authType: 'x509' }] });
  return made;
}

const ask = (operation: string, parameters: Parameters = {}, of = emulator) =>
  call(of, operation, { ProductKey: productKey, ...parameters }).body;

interface CertInfo {
  Status: number;
  CertSN: string;
  Certificate: string;
  PrivateKey: string;
}
const certificateOf = (DeviceName: string, of = emulator) =>
  ask('QueryDeviceCert', { DeviceName }, of).DeviceCertInfo as CertInfo;

describe('QueryDeviceCert', () => {
  test('gives a certificate that TLS libraries read, with the key that belongs to it', () => {
    emulator.aliyun.seed({ devices: [{ productKey, deviceName: 'light-1' }] });
    const { Status, CertSN, Certificate, PrivateKey } = certificateOf('light-1');
    const certificate = new X509Certificate(Certificate);
    expect(Status).toBe(2);
    expect(certificate.subject).toBe(`O=${productKey}\nCN=light-1`);
    expect(certificate.serialNumber).toBe(CertSN);
    expect(certificate.checkPrivateKey(createPrivateKey(PrivateKey))).toBe(true);
    expect(Date.parse(certificate.validFrom)).toBe(clock.now());
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(clock.now());
    expect(() => createSecureContext({ cert: Certificate, key: PrivateKey })).not.toThrow();
  });

  test('gives the same one each time, another one a device, and the same ones by the same seed', () => {
    const devices = ['light-1', 'light-2'].map((deviceName) => ({ productKey, deviceName }));
    const [other, replayed] = [emulated('another'), emulated()];
    [emulator, other, replayed].forEach((one) => one.aliyun.seed({ devices }));
    const first = certificateOf('light-1');
    expect(certificateOf('light-1')).toEqual(first);
    expect(certificateOf('light-2').PrivateKey).not.toBe(first.PrivateKey);
    expect(certificateOf('light-1', other).PrivateKey).not.toBe(first.PrivateKey);
    expect(certificateOf('light-1', replayed)).toEqual(first);
  });

  test('takes a second for a device that was registered alone', () => {
    expect(ask('RegisterDevice', { DeviceName: 'light-1' })).toMatchObject({ Data: { DeviceSecret: '' } });
    expect(certificateOf('light-1')).toEqual({ Status: 0 });
    clock.pass(1_000);
    expect(certificateOf('light-1').Status).toBe(2);
  });

  test('has nothing for a device with a secret', () => {
    emulator.aliyun.seed({ devices: [{ productKey: emulator.aliyun.productKey, deviceName: 'light-1' }] });
    const body = ask('QueryDeviceCert', { ProductKey: emulator.aliyun.productKey, DeviceName: 'light-1' });
    expect(body).toMatchObject({ Success: false, Code: 'iot.system.IllegalRequest' });
  });
});

describe('QueryCertUrlByApplyId', () => {
  test('gives a link to the certificates of the batch, which is a secret like the keys', async () => {
    const running = await startEmulator({ speed: 1_000_000 });
    running.emulator.aliyun.seed({ products: [{ productKey, authType: 'x509' }] });
    const { Data } = call(running.emulator, 'BatchRegisterDevice', { ProductKey: productKey, Count: 2 }).body;
    running.emulator.advance(60_000);
    const host = new URL(running.url).host;
    const { CertUrl } = call(running.emulator, 'QueryCertUrlByApplyId', Data as Parameters, { host }).body;
    const bundle = (await (await fetch(CertUrl as string)).json()) as Record<string, { certificate: string }>;
    await running.close();

    const names = running.emulator.aliyun.devices(productKey).map(({ deviceName }) => deviceName);
    expect(Object.keys(bundle)).toEqual(names);
    expect(new X509Certificate(bundle[names[0] ?? '']?.certificate ?? '').subject).toContain(names[0]);
    const secrets = running.emulator.aliyun.platform.issuedSecrets();
    expect(secrets).toContain((CertUrl as string).split('/').at(-1));
    expect(secrets.filter((secret) => secret.includes('PRIVATE KEY'))).toHaveLength(2);
  });

  test('has none before the batch has ended, nor for devices with secrets', () => {
    const { Data } = ask('BatchRegisterDevice', { Count: 1 });
    const url = (data: unknown) => call(emulator, 'QueryCertUrlByApplyId', data as Parameters).body;
    expect(url(Data)).toMatchObject({ Code: 'iot.device.CreateDeviceTaskIsRunning' });
    const plain = ask('BatchRegisterDevice', { ProductKey: emulator.aliyun.productKey, Count: 1 });
    clock.pass(60_000);
    expect(url(Data)).toMatchObject({ Success: true });
    expect(url(plain.Data)).toMatchObject({ Code: 'iot.device.IncorrentDeviceApplyInfo' });
  });
});

test.each([
  ['BatchCheckDeviceNames', { DeviceName: ['light-1'] }],
  ['BatchRegisterDevice', { Count: 1 }],
  ['RegisterDevice', {}],
  ['QueryDeviceCert', { DeviceName: 'light-1' }],
])('%s has no X.509 outside cn-shanghai', (operation, parameters) => {
  const frankfurt = new IotEmulator({
    clock,
    aliyun: { region: 'eu-central-1', product: { productKey, authType: 'x509' } },
  });
  expect(ask(operation, parameters, frankfurt)).toMatchObject({ Code: 'iot.device.RegionNotSupportX509' });
});
