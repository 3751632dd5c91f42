/** The keys to the cloud, and the secrets of devices: used, rotated, and shown nowhere (I7). */
import { aliyun, certificates, preSharedKeys } from '../../support/tested-clouds';
import { lights } from '../harness/oracle';
import { succeeded } from './harness/command';
import { isAliyun, sequence, Town } from './harness/town';

jest.setTimeout(180_000);

const street = (count: number) => ({ lights: { devices: sequence('light-', count) } });

let town: Town;
afterEach(() => town?.close());

/**
 * All secrets that the cloud has ever issued, and those of the keys to it. Of one that has lines the longest, which reads the same
 * however often it was wrapped into JSON.
 */
function secrets(): string[] {
  const { aliyun, tencent } = town.emulator;
  const keys = [
    ...aliyun.keys.list().map(({ accessKeySecret }) => accessKeySecret),
    ...tencent.keys.list().map(({ secretKey }) => secretKey),
  ];
  return [...keys, ...ofDevices()];
}

function ofDevices(): string[] {
  const byLength = (one: string, other: string): number => other.length - one.length;
  return town.cloud.secrets(town.emulator).map((secret) => secret.split('\n').sort(byLength)[0]!);
}

/** What is public is found in each of the places, so that none is searched in vain. */
async function expectNoSecret(): Promise<void> {
  const journal = await town.project.journal();
  const places = {
    output: town.project.printed,
    state: [...(await town.project.stateFiles()).values()],
    journal: [...journal].flat(),
  };
  for (const [place, texts] of Object.entries(places)) {
    const text = texts.join('\n');
    const found = secrets().filter((secret) => text.includes(secret));
    expect({ place, found }).toEqual({ place, found: [] });
    expect(text).toMatch(place === 'journal' ? /standing/ : /lights/);
  }
  expect(secrets().length).toBeGreaterThan(2);
}

test.each([aliyun, preSharedKeys, certificates])('on $name no secret is in state, journal or output', async (cloud) => {
  town = await Town.open(cloud);
  succeeded(await town.up(street(2)));
  succeeded(await town.up(street(3)));
  const rule = town.emulator.faults.add({ fault: { kind: 'failCreate', names: ['light-005'] } });
  expect((await town.up(street(5))).code).not.toBe(0);
  town.emulator.faults.clear(rule);
  await town.project.refresh();

  await expectNoSecret();
  const shown = JSON.stringify(await town.project.outputs());
  expect(ofDevices().some((secret) => shown.includes(secret))).toBe(true);

  await town.expectGone();
});

test.each([aliyun, preSharedKeys])(
  'on $name keys may lie in the configuration, encrypted, and change',
  async (cloud) => {
    town = await Town.open(cloud, { environment: () => ({}) });
    const [id, secret] = Object.values(town.keys) as [string, string];
    const [idName, secretName] = isAliyun(cloud) ? ['accessKeyId', 'accessKeySecret'] : ['secretId', 'secretKey'];
    expect((await town.up(street(1))).code).not.toBe(0);

    await town.project.succeed('config', 'set', '--secret', `iot-device-batch:${idName}`, id);
    await town.project.succeed('config', 'set', '--secret', `iot-device-batch:${secretName}`, secret);
    succeeded(await town.up(street(1)));
    await town.expectStands('lights', lights(1));
    await expectNoSecret();

    // The old key is in the state's configuration of the provider, which refresh and destroy go by.
    const rotated = rotate();
    const { code, text } = await town.project.refresh();
    expect(code).not.toBe(0);
    expect(text).toMatch(/key|credential/i);
    town.project.setEnvironment(rotated);
    succeeded(await town.project.refresh());
    await town.expectGone();
  },
);

/** The cloud takes another key from now on, and no longer the first. Returns how it is told by the environment. */
function rotate(): NodeJS.ProcessEnv {
  const { emulator, cloud } = town;
  if (isAliyun(cloud)) {
    const next = { accessKeyId: 'LTAIrotated0000000000001', accessKeySecret: 'rotatedSecretOfTheTown00000001' };
    emulator.aliyun.seed({ keys: [next, { ...emulator.aliyun.accessKey, active: false }] });
    return { ALIBABA_CLOUD_ACCESS_KEY_ID: next.accessKeyId, ALIBABA_CLOUD_ACCESS_KEY_SECRET: next.accessKeySecret };
  }
  const next = { secretId: 'AKIDrotated0000000000000000000000001', secretKey: 'rotatedKeyOfTheTown0000000000001' };
  emulator.tencent.seed({ keys: [next, { ...emulator.tencent.apiKey, active: false }] });
  return { TENCENTCLOUD_SECRET_ID: next.secretId, TENCENTCLOUD_SECRET_KEY: next.secretKey };
}
