/** `npm run demo -- --twin pulumi`: the whole of it, and that it leaves nothing behind however it ends. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from '../../../local-aws/folders';
import { processesWith } from '../harness/processes';
import { until } from '../harness/until';

jest.setTimeout(300_000);

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
  const all = [join(REPOSITORY, 'scripts/demo.mjs'), '--twin', 'pulumi', '--count', '12', ...args];
  demo = spawn(process.execPath, all, { env: { ...process.env, TMPDIR: folder } });
  demo.stdout!.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  demo.stderr!.on('data', (chunk: Buffer) => (printed += chunk.toString()));
}

const exit = async (): Promise<unknown> => demo.exitCode ?? ((await once(demo, 'exit')) as [number | null])[0];

async function expectNothingLeft(): Promise<void> {
  await until(async () => (await processesWith(folder)).length === 0);
  // tsx keeps what it compiled; that is its own affair.
  expect((await readdir(folder)).filter((name) => !name.startsWith('tsx-'))).toEqual([]);
}

test.each([
  { args: [], prefix: 'light-' },
  { args: ['--cloud', 'tencent'], prefix: 'meter-' },
])('registers $prefix…, fails, destroys, asks the cloud each time, and leaves nothing', async ({ args, prefix }) => {
  start(...args);

  const code = await exit();

  const story = [
    `12 devices: ${prefix}001, ${prefix}002, …, ${prefix}011, ${prefix}012`,
    '1 of 4 devices exist on',
    'it failed, as it should',
    `13 devices: harbour-3, ${prefix}001, …, ${prefix}011, ${prefix}012: of what failed, nothing is left`,
    '1 device: harbour-3, which was never ours',
    'done in',
  ];
  const told = story.filter((line) => printed.includes(line));
  expect(told.sort((one, other) => printed.indexOf(one) - printed.indexOf(other))).toEqual(story);
  expect(code).toBe(0);
  await expectNothingLeft();
});

test('interrupted while the CLI deploys, it leaves no process, port or file', async () => {
  start();
  await until(() => /DeviceBatch.* street-lights creating/.test(printed), 120);

  demo.kill('SIGINT');

  expect(await exit()).toBe(130);
  expect(printed).toContain('cleaning up');
  await expectNothingLeft();
});
