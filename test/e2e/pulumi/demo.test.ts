/** `npm run demo -- --twin pulumi`: the whole of it, and that it leaves nothing behind. */
import { Demo } from '../harness/demo';

jest.setTimeout(300_000);

let demo: Demo;
beforeEach(async () => (demo = await Demo.prepare()));
afterEach(() => demo.end());

test.each([
  { args: [], prefix: 'light-' },
  { args: ['--cloud', 'tencent'], prefix: 'meter-' },
])('registers $prefix…, fails, destroys, asks the cloud each time, and leaves nothing', async ({ args, prefix }) => {
  demo.start('--twin', 'pulumi', ...args);

  const code = await demo.exit();

  demo.expectStory([
    `12 devices: ${prefix}001, ${prefix}002, …, ${prefix}011, ${prefix}012`,
    '1 of 4 devices exist on',
    'it failed, as it should',
    `13 devices: harbour-3, ${prefix}001, …, ${prefix}011, ${prefix}012: of what failed, nothing is left`,
    '1 device: harbour-3, which was never ours',
    'done in',
  ]);
  expect(code).toBe(0);
  await demo.expectNothingLeft();
});

test('interrupted while the CLI deploys, it leaves no process, port or file', async () => {
  demo.start('--twin', 'pulumi');
  await demo.seen(/DeviceBatch.* street-lights creating/);

  demo.kill('SIGINT');

  expect(await demo.exit()).toBe(130);
  expect(demo.printed).toContain('cleaning up');
  await demo.expectNothingLeft();
});
