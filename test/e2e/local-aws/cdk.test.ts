import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cdk, CdkFailed, deploy, destroy, startLocalAws, type CdkOptions, type LocalAws } from '../../../local-aws';
import { isAlive, until } from '../harness/until';

jest.setTimeout(180_000);

let aws: LocalAws;
let folder: string;

beforeAll(async () => {
  aws = await startLocalAws();
  folder = await mkdtemp(join(tmpdir(), 'cdk-test-'));
});
afterAll(async () => {
  await aws?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** An assembly, so that no app has to run. */
function synthesize(name: string, build: (stack: Stack) => void): CdkOptions {
  const app = new App({ outdir: join(folder, name) });
  build(new Stack(app, name));
  return { cwd: folder, app: app.synth().directory };
}

test('an app is deployed into an account that needs no bootstrap, and answers its outputs', async () => {
  const options = synthesize('Whole', (stack) => {
    const bucket = new Bucket(stack, 'Bucket', { removalPolicy: RemovalPolicy.DESTROY });
    new CfnOutput(stack, 'Name', { value: bucket.bucketName });
  });
  const s3 = new S3Client(aws.client);

  const outputs = await deploy(aws, [], options);

  const name = outputs.Whole!.Name!;
  const object = { Bucket: name, Key: 'left' };
  await s3.send(new PutObjectCommand({ ...object, Body: 'behind' }));
  await s3.send(new GetObjectCommand(object));
  await s3.send(new DeleteObjectCommand(object));

  await destroy(aws, [], options);
  await expect(s3.send(new HeadBucketCommand({ Bucket: name }))).rejects.toMatchObject({ name: 'NotFound' });
});

test('a failure carries all that the CLI printed', async () => {
  const options = synthesize('Broken', (stack) => new Bucket(stack, 'Bucket'));

  const failure = await deploy(aws, ['Elsewhere'], options).catch((thrown: unknown) => thrown);

  expect(failure).toBeInstanceOf(CdkFailed);
  expect((failure as CdkFailed).message).toMatch(/cdk deploy ended with 1:[^]*No stacks match the name\(s\) Elsewhere/);
});

test('lines are heard as they are printed', async () => {
  const heard: string[] = [];
  const options = synthesize('Heard', (stack) => new Bucket(stack, 'Bucket'));

  const { code, stdout } = await cdk(aws, ['ls'], { ...options, onLine: (line) => heard.push(line) });

  expect({ code, stdout, heard }).toEqual({ code: 0, stdout: 'Heard', heard: ['Heard'] });
});

test('the CLI and the app it runs end when they are told to', async () => {
  const abort = new AbortController();
  const hanging = join(folder, 'hanging.js');
  await writeFile(hanging, `console.error('app', process.pid); setInterval(() => {}, 1000)`);
  let app = 0;

  const synth = cdk(aws, ['synth'], {
    cwd: folder,
    app: `${process.execPath} ${hanging}`,
    signal: abort.signal,
    onLine: (line) => {
      app ||= Number(/^app (\d+)$/.exec(line)?.[1] ?? 0);
      if (app) abort.abort();
    },
  });

  await expect(synth).rejects.toMatchObject({ name: 'AbortError' });
  expect(app).toBeGreaterThan(0);
  await until(() => !isAlive(app));
});
