/** `npm run demo`: the whole of it, and that it leaves nothing behind however it ends. */
import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Demo, SCRIPT } from './harness/demo';
import { isListening } from './harness/until';

jest.setTimeout(300_000);

let demo: Demo;
beforeEach(async () => (demo = await Demo.prepare()));
afterEach(() => demo.end());

test.each([
  { args: [], prefix: 'light-', cloud: 'Alibaba Cloud IoT Platform' },
  { args: ['--cloud', 'tencent'], prefix: 'meter-', cloud: 'Tencent Cloud IoT Hub' },
])(
  'registers on $cloud, fails, destroys, asks the cloud each time, and leaves nothing',
  async ({ args, prefix, cloud }) => {
    demo.start(...args);

    expect(await demo.exit()).toBe(0);

    demo.expectStory([
      `DeviceNames: ${prefix}001,${prefix}002,${prefix}003`,
      `12 devices: ${prefix}001, ${prefix}002, …, ${prefix}011, ${prefix}012`,
      'it failed, as it should',
      `Reason: Error: 1 of 4 devices exist on ${cloud} already and are not this stack's: harbour-3`,
      `13 devices: harbour-3, ${prefix}001, …, ${prefix}011, ${prefix}012: of what failed, nothing is left`,
      '1 device: harbour-3, which was never ours',
      'done in',
    ]);
    await demo.expectNothingLeft();
  },
);

test('stays with --keep until it is interrupted, and says how to go on', async () => {
  demo.start('--keep');
  await demo.seen(/Both clouds stay until you press Ctrl-C/);

  const urls = ['AWS_ENDPOINT_URL', 'ALIYUN_ENDPOINT'].map(
    (name) => new RegExp(`export ${name}=(\\S+)`).exec(demo.printed)![1]!,
  );
  expect(await Promise.all(urls.map(isListening))).toEqual([true, true]);

  demo.kill('SIGINT');
  expect(await demo.exit()).toBe(0);
  await demo.expectNothingLeft();
});

test.each([
  { signal: 'SIGINT', moment: 'while the CDK CLI deploys', line: /creating CloudFormation changeset/, code: 130 },
  { signal: 'SIGTERM', moment: 'while the CDK CLI synthesizes', line: /cdk deploy: 12 street lights/, code: 143 },
  { signal: 'SIGINT', moment: 'while AWS starts', line: /start an AWS/, code: 130 },
] as const)('$signal $moment leaves no process, port or file', async ({ signal, line, code }) => {
  demo.start();
  await demo.seen(line);

  demo.kill(signal);

  expect(await demo.exit()).toBe(code);
  expect(demo.printed).toContain('cleaning up');
  await demo.expectNothingLeft();
});

test('without Python it says what to install', async () => {
  const path = join(demo.folder, 'bin');
  await mkdir(path);
  await symlink(process.execPath, join(path, 'node'));
  demo.run({ PATH: path, TMPDIR: demo.folder, HOME: demo.folder });

  expect(await demo.exit()).toBe(1);
  expect(demo.complaints.trim()).toMatch(
    /^the local AWS needs Python 3\.10 or newer, and there is none on PATH; install it/,
  );
});

test('--help says what it does and what can be set', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, '--help']);

  expect(stdout).toMatch(/^Usage: npm run demo -- \[options\]/);
  for (const option of ['--cloud', '--twin', '--count', '--keep', '--verbose']) expect(stdout).toContain(option);
});
