/** `npm run demo`: the whole of it, and that it leaves nothing behind however it ends. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { processesWith } from './harness/processes';
import { isListening, until } from './harness/until';

jest.setTimeout(300_000);

const REPOSITORY = join(__dirname, '../..');
const SCRIPT = join(REPOSITORY, 'scripts/demo.mjs');

/** Everything that the demo writes and runs has this folder's name in its environment. */
let folder: string;
let demo: ChildProcess;
let printed: string;

beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'demo-test-'))));
afterEach(async () => {
  demo?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function start(...args: string[]): void {
  printed = '';
  demo = spawn(process.execPath, [SCRIPT, '--count', '12', ...args], { env: { ...process.env, TMPDIR: folder } });
  demo.stdout!.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  demo.stderr!.on('data', (chunk: Buffer) => (printed += chunk.toString()));
}

const exit = async (): Promise<unknown> => demo.exitCode ?? ((await once(demo, 'exit')) as [number | null])[0];

async function seen(text: string, seconds = 120): Promise<void> {
  await until(() => {
    if (demo.exitCode !== null) throw new Error(`the demo has ended without "${text}":\n${printed}`);
    return printed.includes(text);
  }, seconds);
}

async function expectNothingLeft(): Promise<void> {
  await until(async () => (await processesWith(folder)).length === 0);
  // tsx keeps what it compiled; that is its own affair.
  expect((await readdir(folder)).filter((name) => !name.startsWith('tsx-'))).toEqual([]);
  const urls = printed.match(/http:\/\/127\.0\.0\.1:\d+/g) ?? [];
  for (const url of urls) expect([url, await isListening(url)]).toEqual([url, false]);
}

test.each([
  { args: [], prefix: 'light-', cloud: 'Alibaba Cloud IoT Platform' },
  { args: ['--cloud', 'tencent'], prefix: 'meter-', cloud: 'Tencent Cloud IoT Hub' },
])(
  'registers on $cloud, fails, destroys, asks the cloud each time, and leaves nothing',
  async ({ args, prefix, cloud }) => {
    start(...args);

    expect(await exit()).toBe(0);

    const story = [
      `DeviceNames: ${prefix}001,${prefix}002,${prefix}003`,
      `12 devices: ${prefix}001, ${prefix}002, …, ${prefix}011, ${prefix}012`,
      'it failed, as it should',
      `Reason: Error: 1 of 4 devices exist on ${cloud} already and are not this stack's: harbour-3`,
      `13 devices: harbour-3, ${prefix}001, …, ${prefix}011, ${prefix}012: of what failed, nothing is left`,
      '1 device: harbour-3, which was never ours',
      'done in',
    ];
    const told = story.filter((line) => printed.includes(line));
    expect(told.sort((one, other) => printed.indexOf(one) - printed.indexOf(other))).toEqual(story);
    await expectNothingLeft();
  },
);

test('stays with --keep until it is interrupted, and says how to go on', async () => {
  start('--keep');
  await seen('Both clouds stay until you press Ctrl-C');

  const urls = ['AWS_ENDPOINT_URL', 'ALIYUN_ENDPOINT'].map(
    (name) => new RegExp(`export ${name}=(\\S+)`).exec(printed)![1]!,
  );
  expect(await Promise.all(urls.map(isListening))).toEqual([true, true]);

  demo.kill('SIGINT');
  expect(await exit()).toBe(0);
  await expectNothingLeft();
});

test.each([
  { signal: 'SIGINT', moment: 'while the CDK CLI deploys', line: 'creating CloudFormation changeset', code: 130 },
  { signal: 'SIGTERM', moment: 'while the CDK CLI synthesizes', line: 'cdk deploy: 12 street lights', code: 143 },
  { signal: 'SIGINT', moment: 'while AWS starts', line: 'start an AWS', code: 130 },
] as const)('$signal $moment leaves no process, port or file', async ({ signal, line, code }) => {
  start();
  await seen(line);

  demo.kill(signal);

  expect(await exit()).toBe(code);
  expect(printed).toContain('cleaning up');
  await expectNothingLeft();
});

test('without Python it says what to install', async () => {
  const path = join(folder, 'bin');
  await mkdir(path);
  await symlink(process.execPath, join(path, 'node'));
  printed = '';
  demo = spawn(process.execPath, [SCRIPT], { env: { PATH: path, TMPDIR: folder, HOME: folder } });
  demo.stderr!.on('data', (chunk: Buffer) => (printed += chunk.toString()));

  expect(await exit()).toBe(1);
  expect(printed.trim()).toMatch(/^the local AWS needs Python 3\.10 or newer, and there is none on PATH; install it/);
});

test('--help says what it does and what can be set', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, '--help']);

  expect(stdout).toMatch(/^Usage: npm run demo -- \[options\]/);
  for (const option of ['--cloud', '--twin', '--count', '--keep', '--verbose']) expect(stdout).toContain(option);
});
