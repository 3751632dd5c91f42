/** The life of the example, as its README tells it: every step by the CDK CLI, every step compared with the cloud. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deploy, destroy } from '../../local-aws';
import { example, synthesized } from './harness/example';
import { lights, only, Oracle, type Inventory } from './harness/oracle';
import { expectNoSecret, openPartOf, secretsOf } from './harness/secrecy';
import { Site } from './harness/site';
import { bucketsOf, parseUri, StoreContents } from './harness/store';
import { whatAwsShows, type Places } from './harness/what-aws-shows';

jest.setTimeout(180_000);

const STACK = 'StreetLights';
const FOREIGN = ['harbour-1', 'light-0500'];

let site: Site;
let oracle: Oracle;
let before: readonly string[];
let foreign: Inventory;
/** All that the CLI printed. */
const printed: string[] = [];
let outputs: Readonly<Record<string, string>>;
let created: Inventory;

const lightsOf = (count: number) => example(site, { stack: STACK, secretName: 'iot/aliyun-keys', count }, onLine);
const onLine = (line: string): void => void printed.push(line);
const deployed = async (count: number): Promise<Readonly<Record<string, string>>> =>
  (await deploy(site.aws, [STACK], lightsOf(count)))[STACK]!;
const store = (): Promise<StoreContents> => StoreContents.read(site.aws, parseUri(outputs.ManifestUri!).bucket);

beforeAll(async () => {
  site = await Site.open();
  oracle = new Oracle(site.cloud);
  before = await bucketsOf(site.aws);
  await site.putKeys('iot/aliyun-keys');
  const { productKey } = site.cloud.aliyun;
  site.cloud.emulator.aliyun.seed({ devices: FOREIGN.map((deviceName) => ({ productKey, deviceName })) });
  foreign = oracle.devices;
});
afterAll(() => site?.close());

test('cdk deploy registers the 500 devices of the example, each once, and answers their names in order (I3, I4)', async () => {
  outputs = await deployed(500);

  expect(outputs).toEqual({
    DeviceNames: lights(500).join(','),
    DeviceCount: '500',
    BatchId: expect.stringMatching(/^b[0-9a-f]{16}$/) as string,
    ManifestUri: expect.stringMatching(`^s3://[^/]+/manifests/${outputs.BatchId}/`) as string,
  });
  created = oracle.devices;
  expect(oracle.names).toEqual([...lights(500), ...FOREIGN].sort());
  expect(oracle.registrations).toBe(1);
});

test('the manifest has every device in order, with the id that the cloud gave it (I4)', async () => {
  const manifest = (await store()).manifest(parseUri(outputs.ManifestUri!).key);

  expect([...manifest]).toEqual([...only(created, lights(500))]);
});

test('the secret of every device is below the prefix of the credentials, and stored nowhere else (I4, I7)', async () => {
  const held = await store();

  const kept = new Map(held.credentials(outputs.BatchId!).map((line) => [line.name, line]));
  expect([...kept.keys()].sort()).toEqual(lights(500));
  for (const { deviceName, iotId, deviceSecret } of site.cloud.emulator.aliyun.devices()) {
    if (foreign.has(deviceName)) continue;
    expect(kept.get(deviceName)).toMatchObject({ id: iotId });
    expect(Object.values(kept.get(deviceName)!)).toContain(deviceSecret);
  }
  expectNoSecret(secretsOf(site.cloud), { store: openPartOf(held) }, /light-500/);
});

test('a deployment that changes nothing asks the cloud nothing and touches no record', async () => {
  const calls = oracle.calls;
  const held = await store();

  expect(await deployed(500)).toEqual(outputs);

  expect(printed.join('\n')).toContain(`${STACK} (no changes)`);
  expect(oracle.calls).toBe(calls);
  expect((await store()).objects).toEqual(held.objects);
});

test('more lights are added, fewer are taken away, and those that stay are the very same devices (I1, I3)', async () => {
  outputs = await deployed(503);
  expect(outputs.DeviceCount).toBe('503');
  expect(oracle.names).toEqual([...lights(503), ...FOREIGN].sort());
  expect(only(oracle.devices, lights(500))).toEqual(only(created, lights(500)));

  outputs = await deployed(480);
  expect(outputs.DeviceNames).toBe(lights(480).join(','));
  expect([...oracle.devices]).toEqual([...created].filter(([name]) => ![...lights(20, 481)].includes(name)));
  expect((await store()).manifest(parseUri(outputs.ManifestUri!).key)).toEqual(only(created, lights(480)));
});

test('nothing of this shows a secret: no template, event, log, output, nor a line of the CLI (I7)', async () => {
  const places: Places = {
    ...(await whatAwsShows(site.aws)),
    'CLI output': printed,
    assembly: await templatesBelow(lightsOf(480).output!),
    ...(site.ownAws && { 'log of the AWS': [await readFile(site.ownAws.logFile, 'utf8')] }),
  };

  expectNoSecret(secretsOf(site.cloud), places, /StreetLights/);
});

test('cdk destroy deletes every light, no other device, and the bucket (I1, I2)', async () => {
  await destroy(site.aws, [STACK], synthesized(lightsOf(480)));

  expect(oracle.devices).toEqual(foreign);
  expect(await bucketsOf(site.aws)).toEqual(before);
  expect([...oracle.creations.values()].every((times) => times === 1)).toBe(true);
});

/** The texts of an assembly; the code of its functions apart, which is the same for everyone. */
async function templatesBelow(folder: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
}
