/** The life of each example, as its README tells it: every step by the CDK CLI, every step compared with the cloud. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deploy, destroy } from '../../local-aws';
import { example, synthesized } from './harness/example';
import { legacyWaterMeters, streetLights, waterMeters } from './harness/example-clouds';
import { numbered, only, Oracle, type Inventory } from './harness/oracle';
import { expectNoSecret, openPartOf, secretsOf } from './harness/secrecy';
import { Site } from './harness/site';
import { bucketsOf, parseUri, StoreContents } from './harness/store';
import { whatAwsShows, type Places } from './harness/what-aws-shows';

jest.setTimeout(180_000);

let site: Site;

beforeAll(async () => {
  site = await Site.open();
});
afterAll(() => site?.close());

describe.each([
  { cloud: streetLights, where: 'street-lights, on Alibaba Cloud' },
  { cloud: waterMeters, where: 'water-meters, on Tencent Cloud with certificates' },
  { cloud: legacyWaterMeters, where: 'water-meters, on Tencent Cloud by the legacy API with pre-shared keys' },
])('$where', ({ cloud }) => {
  const { prefix, count } = cloud;
  const { stack } = cloud.settings;
  const names = (n: number, first = 1) => numbered(prefix, n, first);
  const FOREIGN = ['harbour-1', `${prefix}0500`];

  let oracle: Oracle;
  let before: readonly string[];
  let foreign: Inventory;
  /** All that the CLI printed. */
  const printed: string[] = [];
  let outputs: Readonly<Record<string, string>>;
  let created: Inventory;

  const appOf = (n: number) => example(site, { ...cloud.settings, count: n }, (line) => void printed.push(line));
  const deployed = async (n: number): Promise<Readonly<Record<string, string>>> =>
    (await deploy(site.aws, [stack], appOf(n)))[stack]!;
  const store = (): Promise<StoreContents> => StoreContents.read(site.aws, parseUri(outputs.ManifestUri!).bucket);
  const recorded = (devices: Inventory): Inventory =>
    new Map([...devices].map(([name, identity]) => [name, cloud.recorded(name, identity)]));

  beforeAll(async () => {
    cloud.prepare?.(site.cloud);
    oracle = new Oracle(site.cloud, cloud.product(site.cloud));
    before = await bucketsOf(site.aws);
    await site.putKeys(cloud.settings.secretName, cloud.keys(site));
    for (const name of FOREIGN) cloud.seed(site.cloud, name);
    foreign = oracle.devices;
  });

  test('cdk deploy registers the devices of the example, each once, and answers their names in order (I3, I4)', async () => {
    const earlier = oracle.registrations;

    outputs = await deployed(count);

    expect(outputs).toEqual({
      DeviceNames: names(count).join(','),
      DeviceCount: String(count),
      BatchId: expect.stringMatching(/^b[0-9a-f]{16}$/) as string,
      ManifestUri: expect.stringMatching(`^s3://[^/]+/manifests/${outputs.BatchId}/`) as string,
    });
    created = oracle.devices;
    expect(oracle.names).toEqual([...names(count), ...FOREIGN].sort());
    expect(oracle.registrations - earlier).toBe(cloud.jobs);
  });

  test('the manifest has every device in order, with its id at the cloud (I4)', async () => {
    const manifest = (await store()).manifest(parseUri(outputs.ManifestUri!).key);

    expect([...manifest]).toEqual([...recorded(only(created, names(count)))]);
  });

  test('the secret of every device is below the prefix of the credentials, and stored nowhere else (I4, I7)', async () => {
    const held = await store();

    const kept = new Map(held.credentials(outputs.BatchId!).map((line) => [line.name, line]));
    expect([...kept.keys()].sort()).toEqual(names(count));
    expect([...kept.values()].filter((line) => !cloud.opens(site.cloud, line))).toEqual([]);
    const ids = new Map([...kept].map(([name, { id }]) => [name, id]));
    expect(new Map([...ids].sort())).toEqual(recorded(only(created, names(count))));
    expectNoSecret(secretsOf(site.cloud), { store: openPartOf(held) }, new RegExp(`${prefix}${count}`));
  });

  test('a deployment that changes nothing asks the cloud nothing and touches no record', async () => {
    const calls = oracle.calls;
    const held = await store();

    expect(await deployed(count)).toEqual(outputs);

    expect(printed.join('\n')).toContain(`${stack} (no changes)`);
    expect(oracle.calls).toBe(calls);
    expect((await store()).objects).toEqual(held.objects);
  });

  test('devices are added, then taken away, and those that stay are the very same (I1, I3)', async () => {
    outputs = await deployed(count + 3);
    expect(outputs.DeviceCount).toBe(String(count + 3));
    expect(oracle.names).toEqual([...names(count + 3), ...FOREIGN].sort());
    expect(only(oracle.devices, names(count))).toEqual(only(created, names(count)));

    outputs = await deployed(count - 20);
    expect(outputs.DeviceNames).toBe(names(count - 20).join(','));
    expect([...oracle.devices].sort()).toEqual(
      [...created].filter(([name]) => !names(20, count - 19).includes(name)).sort(),
    );
    expect((await store()).manifest(parseUri(outputs.ManifestUri!).key)).toEqual(
      recorded(only(created, names(count - 20))),
    );
  });

  test('nothing of this shows a secret: no template, event, log, output, nor a line of the CLI (I7)', async () => {
    const places: Places = {
      ...(await whatAwsShows(site.aws)),
      'CLI output': printed,
      assembly: await templatesBelow(appOf(count).output!),
      ...(site.ownAws && { 'log of the AWS': [await readFile(site.ownAws.logFile, 'utf8')] }),
    };

    expectNoSecret(secretsOf(site.cloud), places, new RegExp(stack));
  });

  test('cdk destroy deletes every device of the batch, no other one, and the bucket (I1, I2)', async () => {
    await destroy(site.aws, [stack], synthesized(appOf(count)));

    expect(oracle.devices).toEqual(foreign);
    expect(await bucketsOf(site.aws)).toEqual(before);
    expect([...oracle.creations.values()].every((times) => times === 1)).toBe(true);
  });
});

/** The texts of an assembly; the code of its functions apart, which is the same for everyone. */
async function templatesBelow(folder: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
}
