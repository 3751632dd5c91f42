/**
 * The secrets of devices, by the CDK CLI and under enforced IAM: wherever they are to be kept, they are there, and neither
 * there nor anywhere else when they are to be gone (I2, I4, I7).
 */
import { readFile } from 'node:fs/promises';
import { RemovalPolicy, type Stack as CdkStack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { DeviceBatchProvider, DeviceCredentials } from '../../lib';
import { deviceSecretsOf } from './harness/device-secrets';
import { lights } from './harness/oracle';
import { expectNoSecret, openPartOf, secretsOf } from './harness/secrecy';
import { Site } from './harness/site';
import { bucketsOf, StoreContents } from './harness/store';
import { Town, type BatchSettings, type Said } from './harness/town';
import { whatAwsShows, type Places } from './harness/what-aws-shows';

jest.setTimeout(300_000);

const key = (stack: CdkStack) => new Key(stack, 'Key', { removalPolicy: RemovalPolicy.DESTROY });

/** Where secrets may be kept, and where they are found then. */
const KINDS = {
  store: { place: 'bucket', props: () => ({ deviceCredentials: DeviceCredentials.store() }) },
  'store with a key': {
    place: 'bucket',
    props: (stack) => ({ provider: new DeviceBatchProvider(stack, 'Own', { encryptionKey: key(stack) }) }),
  },
  'Secrets Manager': { place: 'secrets', props: () => ({ deviceCredentials: DeviceCredentials.secretsManager() }) },
  'Secrets Manager with a key': {
    place: 'secrets',
    props: (stack) => ({ deviceCredentials: DeviceCredentials.secretsManager({ encryptionKey: key(stack) }) }),
  },
  none: { place: 'nowhere', props: () => ({ deviceCredentials: DeviceCredentials.none() }) },
} as const satisfies Record<string, { place: Place; props: BatchSettings['furnished'] }>;

type Place = 'bucket' | 'secrets' | 'nowhere';
type Kind = keyof typeof KINDS;

let site: Site;
let secret: string;
/** All that the CLI printed, and all that it was given. */
let printed: string[];
let assemblies: string[];

beforeAll(async () => {
  site = await Site.open({ enforceIam: true });
  secret = await site.putKeys('keys');
});
afterAll(() => site?.close());
beforeEach(() => {
  site.cloud.emulator.faults.clear();
  printed = [];
  assemblies = [];
});

async function deploy(town: Town, kind: Kind, names: readonly string[]): Promise<Said> {
  const said = await town.deploy({ Lights: { names, furnished: KINDS[kind].props } });
  return heard(town, said);
}

async function heard(town: Town, said: Said): Promise<Said> {
  printed.push(said.text);
  assemblies.push(...(await town.assembly()));
  return said;
}

/** What is kept of devices, by the place where it is: `name identity secret`. */
async function kept(town: Town): Promise<Record<Exclude<Place, 'nowhere'>, string[]>> {
  const [bucket = ''] = await town.buckets();
  const held = await StoreContents.read(site.aws, bucket);
  const parts = held.keys('credentials/').filter((name) => name.endsWith('.gz'));
  const { texts } = await deviceSecretsOf(site.aws, town.name);
  const inSecrets = [...texts.values()].map((text) => JSON.parse(text) as Record<string, string>);
  const asLine = ({ name, id, DeviceSecret }: Readonly<Record<string, string>>) => `${name} ${id} ${DeviceSecret}`;
  return {
    bucket: parts
      .flatMap((part) => held.lines(part))
      .map(asLine)
      .sort(),
    secrets: inSecrets.map(asLine).sort(),
  };
}

/** Every device's secret is where it was to be stored, and at no other place. */
async function expectKept(town: Town, place: Place, names: readonly string[]): Promise<void> {
  const devices = site.cloud.emulator.aliyun.devices(town.oracle.product);
  const lines = devices.map(({ deviceName, iotId, deviceSecret }) => `${deviceName} ${iotId} ${deviceSecret}`).sort();
  expect(town.oracle.names).toEqual(names);
  expect(await kept(town)).toEqual({
    bucket: place === 'bucket' ? lines : [],
    secrets: place === 'secrets' ? lines : [],
  });
}

/** Whatever somebody sees who may read all but the secrets themselves. */
async function open(town: Town): Promise<Places> {
  const buckets = await Promise.all((await bucketsOf(site.aws)).map((name) => StoreContents.read(site.aws, name)));
  const { listed } = await deviceSecretsOf(site.aws, town.name);
  return {
    ...(await whatAwsShows(site.aws)),
    'CLI output': printed,
    assembly: assemblies,
    buckets: buckets.flatMap(openPartOf),
    ...(listed.length > 0 && { 'list of secrets': listed.map((each) => JSON.stringify(each)) }),
    'log of the AWS': [await readFile(site.ownAws!.logFile, 'utf8')],
  };
}

test.each(Object.keys(KINDS) as Kind[])(
  'kept in %s, they are where they are to be from deployment to destruction, and shown nowhere',
  async (kind) => {
    const { place } = KINDS[kind];
    const town = new Town(site, `Kind${Object.keys(KINDS).indexOf(kind)}`, secret);
    const mark = new RegExp(town.name, 'i');

    expect(await deploy(town, kind, lights(2))).toMatchObject({ code: 0, status: 'CREATE_COMPLETE' });
    await expectKept(town, place, lights(2));
    // The search finds what is there to be found.
    const closed = Object.values(await kept(town)).flat();
    const search = () => expectNoSecret(secretsOf(site.cloud), { closed }, /^/);
    if (place === 'nowhere') expect(closed).toEqual([]);
    else expect(search).toThrow('leaked');

    expect(await deploy(town, kind, lights(2, 2))).toMatchObject({ code: 0, status: 'UPDATE_COMPLETE' });
    await expectKept(town, place, lights(2, 2));

    site.cloud.emulator.faults.add({ fault: { kind: 'failCreate', names: ['light-004'] } });
    expect(await deploy(town, kind, lights(4, 2))).toMatchObject({ code: 1, status: 'UPDATE_ROLLBACK_COMPLETE' });
    await expectKept(town, place, lights(2, 2));
    expectNoSecret(secretsOf(site.cloud), await open(town), mark);

    expect(await heard(town, await town.destroy())).toMatchObject({ code: 0, status: 'DELETE_COMPLETE' });
    expect(town.oracle.names).toEqual([]);
    expect(await town.buckets()).toEqual([]);
    expect((await deviceSecretsOf(site.aws, town.name)).listed).toEqual([]);
    const { logs, 'log of the AWS': log, 'CLI output': output } = await open(town);
    const left: Places = {
      logs: logs!,
      'log of the AWS': log!,
      'CLI output': output!,
      events: await town.stack.events(),
    };
    expectNoSecret(secretsOf(site.cloud), left, mark);
  },
);

test('they move from place to place with a deployment, and are deleted where they were after everything else (I2, I4)', async () => {
  const town = new Town(site, 'Moving', secret);
  const places: [Place, BatchSettings['furnished']][] = [
    ['bucket', () => ({ deviceCredentials: DeviceCredentials.store() })],
    ['secrets', () => ({ deviceCredentials: DeviceCredentials.secretsManager() })],
    ['secrets', (stack) => ({ deviceCredentials: DeviceCredentials.secretsManager({ encryptionKey: key(stack) }) })],
    ['bucket', () => ({ deviceCredentials: DeviceCredentials.store() })],
    ['secrets', () => ({ deviceCredentials: DeviceCredentials.secretsManager() })],
    ['nowhere', () => ({ deviceCredentials: DeviceCredentials.none() })],
  ];
  await town.create({ Lights: { names: lights(2), furnished: places[0]![1] } });
  const devices = town.oracle.devices;

  for (const [place, furnished] of places.slice(1)) {
    const before = await deviceSecretsOf(site.aws, town.name);
    const ending = await town.update({ Lights: { names: lights(2), furnished } });
    expect(ending).toMatchObject({ status: 'UPDATE_COMPLETE', reasons: [] });
    await expectKept(town, place, lights(2));
    const now = [...(await deviceSecretsOf(site.aws, town.name)).texts.keys()];
    expect(now.filter((name) => before.texts.has(name))).toEqual([]);
  }
  expect(town.oracle.devices).toEqual(devices);
  await town.expectGone();
});

test('when the last batch with secrets of its own leaves the stack, they go with it, and so does the right to them (I2)', async () => {
  const town = new Town(site, 'Leaving', secret);
  const Gates = { names: ['gate-1', 'gate-2'], furnished: KINDS['Secrets Manager with a key'].props };
  await town.create({ Lights: { names: lights(2) }, Gates });
  expect((await deviceSecretsOf(site.aws, town.name)).listed).toHaveLength(2);

  const ending = await town.update({ Lights: { names: lights(2) } });

  expect(ending).toMatchObject({ status: 'UPDATE_COMPLETE', reasons: [] });
  expect(ending.resources.filter((id) => id.includes('DeviceSecrets'))).toEqual([]);
  expect((await deviceSecretsOf(site.aws, town.name)).listed).toEqual([]);
  expect(town.oracle.names).toEqual(lights(2));
  await town.expectGone();
});
