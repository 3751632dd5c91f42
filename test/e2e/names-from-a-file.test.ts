/** Ten thousand names from a file, by the CDK CLI and under enforced IAM: grown, shrunk and destroyed. */
import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeviceBatch, DeviceCloud, Devices } from '../../lib';
import { deploy, destroy } from '../../local-aws';
import { only, Oracle, type Inventory } from './harness/oracle';
import { Site } from './harness/site';
import { bucketsOf, parseUri, StoreContents } from './harness/store';

// Alibaba deletes 50 devices a second.
jest.setTimeout(1_200_000);

const STACK = 'Meters';
const meters = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `meter-${String(i).padStart(6, '0')}`);

let site: Site;
let oracle: Oracle;
let before: readonly string[];
let secret: string;
/** As it was after the first deployment. */
let first: Inventory;
let outputs: Readonly<Record<string, string>>;

beforeAll(async () => {
  site = await Site.open({ enforceIam: true });
  oracle = new Oracle(site.cloud);
  before = await bucketsOf(site.aws);
  secret = await site.putKeys('keys');
});
afterAll(() => site?.close());

/** The assembly of an app whose batch has the names in a file. */
async function assembly(file: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(site.folder, 'meters-'));
  const path = join(folder, file);
  await writeFile(path, text);
  const app = new App({ outdir: join(folder, 'cdk.out') });
  const stack = new Stack(app, STACK);
  const { url, aliyun } = site.cloud;
  const { region, productKey } = aliyun;
  const credentials = Secret.fromSecretCompleteArn(stack, 'Keys', secret);
  const batch = new DeviceBatch(stack, 'Meters', {
    cloud: DeviceCloud.aliyun({ region, productKey, endpoint: url, credentials }),
    devices: Devices.fromFile(path),
  });
  new CfnOutput(stack, 'ManifestUri', { value: `s3://${batch.manifestBucket}/${batch.manifestKey}` });
  return app.synth().directory;
}

async function deployed(file: string, text: string): Promise<string> {
  const app = await assembly(file, text);
  outputs = (await deploy(site.aws, [STACK], { cwd: site.folder, app }))[STACK]!;
  return app;
}

async function expectStands(names: readonly string[]): Promise<void> {
  const { bucket, key } = parseUri(outputs.ManifestUri!);
  const store = await StoreContents.read(site.aws, bucket);
  expect([...store.manifest(key)]).toEqual([...only(oracle.devices, names)]);
  expect(oracle.names).toEqual([...names].sort());
}

test('a file of 9,900 names registers as many devices, and nothing but their digests travels (I3, I4)', async () => {
  const names = meters(9_900);
  const rows = names.map((name, i) => `"${name}","street ${i}, ""north"""`);
  const app = await deployed('meters.csv', ['name,place', ...rows].join('\r\n'));

  await expectStands(names);
  expect(oracle.registrations).toBe(1);
  first = oracle.devices;
  const template = await readFile(join(app, `${STACK}.template.json`), 'utf8');
  expect(template).not.toContain('meter-0');
  expect(template).not.toContain('street 1');
});

test('a file of another kind with a hundred more registers those, each once (I1, I3)', async () => {
  const names = meters(10_000);
  await deployed('meters.json', JSON.stringify(names.map((name) => ({ name }))));

  await expectStands(names);
  expect(only(oracle.devices, [...first.keys()])).toEqual(first);
  expect(new Set(oracle.creations.values())).toEqual(new Set([1]));
});

test('a file with fewer of them deletes those that have left, and keeps the others (I1)', async () => {
  const names = meters(9_950).reverse();
  await deployed('meters.txt', `# from the last to the first\n${names.join('\n')}\n`);

  await expectStands(names);
  expect(oracle.deletions.sort()).toEqual(meters(10_000).slice(9_950));
  expect(only(oracle.devices, [...first.keys()])).toEqual(first);
});

test('cdk destroy needs none of the files, and leaves nothing behind (I2)', async () => {
  const app = await assembly('meters.txt', meters(9_950).reverse().join('\n'));
  expect(await deletePublishedNames()).toBe(3);

  await destroy(site.aws, [STACK], { cwd: site.folder, app });

  expect(oracle.names).toEqual([]);
  expect(await bucketsOf(site.aws)).toEqual(before);
});

/** As a lifecycle rule of the bootstrap bucket, or `cdk gc`, may do. Answers how many there were. */
async function deletePublishedNames(): Promise<number> {
  const s3 = new S3Client(site.aws.client);
  const Bucket = before.find((name) => name.startsWith('cdk-'));
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  const files = Contents.filter(({ Key }) => Key!.endsWith('.ndjson'));
  for (const { Key } of files) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  return files.length;
}
