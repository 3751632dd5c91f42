// `npm run check:package`: packs the package as it would be published, and looks at it as a user would.
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { installPackages, requireNode, root, run } from './set-up.mjs';

const construct = `
  import { App, CfnOutput, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
  import { Vpc } from 'aws-cdk-lib/aws-ec2';
  import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
  import { Key } from 'aws-cdk-lib/aws-kms';
  import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
  import { DeviceBatch, DeviceBatchProvider, DeviceCloud, Devices } from 'iot-device-batch';

  const app = new App();
  const stack = new Stack(app, 'Town');
  const credentials = Secret.fromSecretNameV2(stack, 'Keys', 'iot/aliyun-keys');
  const cloud = DeviceCloud.aliyun({ region: 'cn-shanghai', productKey: 'a1BwAGV0001', credentials });
  const lights = new DeviceBatch(stack, 'Lights', { cloud, devices: Devices.sequence({ prefix: 'light-', count: 5 }) });
  new CfnOutput(stack, 'Names', { value: Fn.join(',', lights.deviceNames) });
  lights.grantReadCredentials(new Role(stack, 'Reader', { assumedBy: new AccountRootPrincipal() }));

  const encryptionKey = new Key(stack, 'Key', { removalPolicy: RemovalPolicy.DESTROY });
  const provider = new DeviceBatchProvider(stack, 'Own', { vpc: new Vpc(stack, 'Vpc'), encryptionKey });
  new DeviceBatch(stack, 'Gates', { cloud, devices: Devices.named(['gate']), provider });

  const { template } = app.synth().getStackArtifact('Town');
  const batches = JSON.stringify(template).split('"Custom::IotDeviceBatch"').length - 1;
  if (batches !== 2) throw new Error(batches + ' batches in the template');
`;

const pulumiProgram = `
  import * as pulumi from '@pulumi/pulumi';
  import { DeviceBatch } from 'iot-device-batch/pulumi';

  const inputs: Record<string, unknown>[] = [];
  void pulumi.runtime.setMocks({
    newResource: (each) => (inputs.push(each.inputs), { id: each.name, state: each.inputs }),
    call: ({ inputs }) => inputs,
  });
  const product = pulumi.output('a1BwAGV0001');
  const lights = new DeviceBatch('lights', {
    cloud: { aliyun: { region: 'cn-shanghai', productKey: product } },
    devices: { sequence: { prefix: 'light-', count: 5 } },
  });
  export const names: pulumi.Output<string[]> = lights.deviceNames;
  const meters = new DeviceBatch('meters', {
    cloud: { tencent: { productId: 'ABCDE12345' } },
    devices: { named: ['meter'] },
    onExisting: { adopt: ['meter'] },
  });

  async function load(): Promise<void> {
    const provider = (await import('iot-device-batch/pulumi/provider')) as unknown as Record<string, unknown>;
    const missing = ['configure', 'check', 'diff', 'create', 'read', 'update', 'delete'].filter(
      (method) => typeof provider[method] !== 'function',
    );
    if (missing.length > 0) throw new Error('the provider lacks ' + missing.join(', '));
    await new Promise((resolve) => pulumi.all([lights.urn, meters.urn]).apply(resolve));
    if (inputs.length !== 2) throw new Error(inputs.length + ' resources were registered');
  }
  load().catch((failure) => {
    console.error(failure);
    process.exitCode = 1;
  });
`;

/** What the provider says of a journal in S3 at this address; the inputs are those of a batch. */
const journalInS3 = `
  import provider from 'iot-device-batch/pulumi/provider';
  const { failures } = await provider.check({}, {
    cloud: { tencent: { productId: 'ABCDE12345' } },
    devices: { named: ['meter'] },
    resourceUrn: 'urn:pulumi:dev::town::pulumi-nodejs:dynamic/iot-device-batch:DeviceBatch::meters',
    journal: 's3://town?region=eu-central-1&disableSSL=true&s3ForcePathStyle=true&endpoint=' + process.argv[2],
  });
  console.log(JSON.stringify(failures));
`;

const esModule = `
  import { startEmulator } from 'iot-device-batch/emulator';
  const emulator = await startEmulator();
  const { status } = await fetch(emulator.url + '/_emulator/clock');
  await emulator.close();
  if (status !== 200) throw new Error('the emulator answered ' + status);
`;

/** What users get, and nothing else. */
const allowed =
  /^(dist\/(lib|emulator|bin|handler)\/|package\.json$|LICENSE$|README\.md$|CHANGELOG\.md$|ARCHITECTURE\.md$)/;

requireNode('checking the package needs');
await installPackages();
await run(process.execPath, ['scripts/build.mjs']);
const scratch = await mkdtemp(join(tmpdir(), 'iot-device-batch-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const tarball = await pack();
await lint();
// Every entry is CommonJS on purpose: it works from CommonJS and from ES modules.
await run('npx', ['--no-install', 'attw', tarball, '--profile', 'node16']);
const { devDependencies, peerDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const oldestOf = (peer) => peerDependencies[peer].replace('^', '');
const CDK = ['aws-cdk-lib', 'constructs'];
const newest = await install('newest', CDK, (peer) => devDependencies[peer]);
await refuse(newest, '@pulumi', '@aws-sdk');
await synthesise(newest);
await useTools(newest);
const oldest = await install('oldest', CDK, oldestOf);
await synthesise(oldest);
await testConstruct(oldest);
for (const [name, versionOf] of [
  ['newest-pulumi', (peer) => devDependencies[peer]],
  ['oldest-pulumi', oldestOf],
]) {
  const pulumi = await install(name, ['@pulumi/pulumi'], versionOf);
  await refuse(pulumi, 'aws-cdk-lib', 'constructs', '@aws-sdk');
  await register(pulumi);
  await useTools(pulumi);
  await askForS3(pulumi, versionOf);
}

async function pack() {
  const { stdout } = await npm(root, 'pack', '--json', '--pack-destination', scratch);
  const [{ filename, files, size }] = JSON.parse(stdout);
  const stray = files.map(({ path }) => path).filter((path) => !allowed.test(path));
  if (stray.length > 0) throw new Error(`the package holds what nobody needs: ${stray.join(', ')}`);
  console.log(`packed ${files.length} files, ${Math.ceil(size / 1000)} kB`);
  return join(scratch, filename);
}

async function lint() {
  const { messages, pkg } = await publint({ pack: { tarball: await readFile(tarball) }, strict: true });
  // In the bundle it takes words of strings for statements of an ES module. Whether it is one is seen when it runs.
  const real = messages.filter(({ code, path }) => code !== 'FILE_INVALID_FORMAT' || path[0] !== 'bin');
  if (real.length > 0) throw new Error(real.map((message) => formatMessage(message, pkg)).join('\n'));
  console.log('publint finds nothing');
}

/** An app of its own, without anything from this clone but the package. */
async function install(name, packages, versionOf) {
  const app = join(scratch, name);
  await mkdir(app);
  await writeFile(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true }));
  const peers = packages.map((peer) => `${peer}@${versionOf(peer)}`);
  await npm(app, 'install', '--no-fund', '--no-audit', '--loglevel=error', tarball, ...peers);
  console.log(`with ${peers.join(' and ')}:`);
  return app;
}

/** Whoever uses one of the two frameworks has nothing of the other, and no SDK of AWS. */
async function refuse(app, ...packages) {
  const installed = await readdir(join(app, 'node_modules'));
  const found = packages.filter((name) => installed.includes(name));
  if (found.length > 0) throw new Error(`${found.join(' and ')} came with the package`);
}

/** Compiled with all declarations checked, those of the package and those that they lean on, and run. */
async function synthesise(app) {
  await compileAndRun(app, construct);
  console.log('  the construct synthesises');
}

/** As `synthesise`. */
async function register(app) {
  // Some versions of the SDK publish declarations that do not check by themselves.
  await compileAndRun(app, pulumiProgram, '--skipLibCheck');
  console.log('  the resource registers');
}

async function compileAndRun(app, program, ...flags) {
  await writeFile(join(app, 'app.ts'), program);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
  const options = ['--strict', '--target', 'es2022', '--module', 'node16', ...types, ...flags];
  await run(process.execPath, [tsc, 'app.ts', ...options], { cwd: app });
  await run(process.execPath, ['app.js'], { cwd: app });
}

/**
 * The tests of the construct with the peers of the app: more than an example can try. Without those of cdk-nag, which needs a
 * newer CDK, and of the template as a whole, which holds what the CDK adds.
 */
async function testConstruct(app) {
  const [{ ...project }] = createRequire(import.meta.url)(join(root, 'jest.config.js')).projects;
  delete project.displayName;
  const peers = ['aws-cdk-lib', 'constructs'].map((peer) => [
    `^${peer}(/.*)?$`,
    `${join(app, 'node_modules', peer)}$1`,
  ]);
  const config = join(app, 'jest.config.json');
  await writeFile(config, JSON.stringify({ ...project, rootDir: root, moduleNameMapper: Object.fromEntries(peers) }));
  const which = ['--testPathPatterns', 'test/cdk/(?!nag)', '--testNamePattern', '^(?!.* are this template$)'];
  await run(process.execPath, ['node_modules/jest/bin/jest.js', '--config', config, '--ci', ...which], { quiet: true });
  console.log('  the tests of the construct pass');
}

/** Who has a journal in S3 is told to install its client, and with that it is used: the bucket is asked. */
async function askForS3(app, versionOf) {
  const S3 = '@aws-sdk/client-s3';
  const list = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';
  const asked = [];
  const bucket = createServer(({ url }, response) => {
    asked.push(url);
    response.writeHead(200, { 'Content-Type': 'application/xml' }).end(list);
  });
  await new Promise((resolve) => bucket.listen(0, '127.0.0.1', resolve));
  try {
    await writeFile(join(app, 'journal.mjs'), journalInS3);
    const env = { ...process.env, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
    const said = async () => {
      const args = ['journal.mjs', `127.0.0.1:${bucket.address().port}`];
      return (await promisify(execFile)(process.execPath, args, { cwd: app, env })).stdout.trim();
    };
    const without = await said();
    if (!without.includes(`npm install ${S3}`) || asked.length > 0) throw new Error(`without ${S3}: ${without}`);
    await npm(app, 'install', '--no-fund', '--no-audit', '--loglevel=error', `${S3}@${versionOf(S3)}`);
    const withIt = await said();
    if (withIt !== '[]' || asked.length === 0) throw new Error(`with ${S3}: ${withIt}`);
  } finally {
    bucket.close();
  }
  console.log(`  a journal in S3 takes ${S3}@${versionOf(S3)}`);
}

async function useTools(app) {
  for (const command of ['emulator', 'status']) {
    await run('npx', ['--no-install', 'iot-device-batch', command, '--help'], { cwd: app, quiet: true });
  }
  await writeFile(join(app, 'app.mjs'), esModule);
  await run(process.execPath, ['app.mjs'], { cwd: app });
  console.log('  the command line and the emulator answer');
}

async function npm(cwd, ...args) {
  return promisify(execFile)('npm', args, { cwd, maxBuffer: 16 * 1024 * 1024 });
}
