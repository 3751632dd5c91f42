// `npm run check:package`: packs the package as it would be published, and looks at it as a user would.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installPackages, requireNode, root, run } from './set-up.mjs';

const commonJs = `
  const { App, Stack } = require('aws-cdk-lib');
  const { Secret } = require('aws-cdk-lib/aws-secretsmanager');
  const { DeviceBatch, DeviceCloud, Devices } = require('iot-device-batch');
  const app = new App();
  const stack = new Stack(app, 'S');
  new DeviceBatch(stack, 'B', {
    cloud: DeviceCloud.aliyun({ region: 'cn-shanghai', productKey: 'a1BwAGV0001', credentials: Secret.fromSecretNameV2(stack, 'K', 'keys') }),
    devices: Devices.sequence({ prefix: 'light-', count: 5 }),
  });
  const { template } = app.synth().getStackArtifact('S');
  if (!JSON.stringify(template).includes('Custom::IotDeviceBatch')) throw new Error('no batch in the template');
  console.log('the packed construct synthesises');
`;

const esModule = `
  import { startEmulator } from 'iot-device-batch/emulator';
  const emulator = await startEmulator();
  const { status } = await fetch(emulator.url + '/_emulator/clock');
  await emulator.close();
  if (status !== 200) throw new Error('the emulator answered ' + status);
  console.log('the packed emulator answers');
`;

/** What users get, and nothing else. */
const allowed =
  /^(dist\/(lib|emulator|bin|handler)\/|package\.json$|LICENSE$|README\.md$|CHANGELOG\.md$|ARCHITECTURE\.md$)/;

requireNode('checking the package needs');
await installPackages();
await run(process.execPath, ['scripts/build.mjs']);
const scratch = await mkdtemp(join(tmpdir(), 'iot-device-batch-'));
try {
  const tarball = await pack();
  await run('npx', ['--no-install', 'publint', tarball, '--strict']);
  // Every entry is CommonJS on purpose: it works from CommonJS and from ES modules.
  await run('npx', ['--no-install', 'attw', tarball, '--profile', 'node16']);
  await useIt(tarball);
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function pack() {
  const { stdout } = await npm(root, 'pack', '--json', '--pack-destination', scratch);
  const [{ filename, files, size }] = JSON.parse(stdout);
  const stray = files.map(({ path }) => path).filter((path) => !allowed.test(path));
  if (stray.length > 0) throw new Error(`the package holds what nobody needs: ${stray.join(', ')}`);
  console.log(`packed ${files.length} files, ${Math.ceil(size / 1000)} kB`);
  return join(scratch, filename);
}

/** An app of its own, without anything from this clone: the construct, the emulator and the command line. */
async function useIt(tarball) {
  const app = join(scratch, 'app');
  const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  await mkdir(app);
  await writeFile(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true }));
  const peers = ['aws-cdk-lib', 'constructs'].map((name) => `${name}@${devDependencies[name]}`);
  await npm(app, 'install', '--no-fund', '--no-audit', '--loglevel=error', tarball, ...peers);
  await run('npx', ['--no-install', 'iot-device-batch', '--help'], { cwd: app, quiet: true });
  await writeFile(join(app, 'app.cjs'), commonJs);
  await writeFile(join(app, 'app.mjs'), esModule);
  for (const file of ['app.cjs', 'app.mjs']) await run(process.execPath, [file], { cwd: app });
}

async function npm(cwd, ...args) {
  return promisify(execFile)('npm', args, { cwd, maxBuffer: 16 * 1024 * 1024 });
}
