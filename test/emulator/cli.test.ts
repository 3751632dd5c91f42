import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { emulatorCommand } from '../../emulator/cli';

const root = path.resolve(__dirname, '../..');
const started: ChildProcessWithoutNullStreams[] = [];
afterEach(() => started.splice(0).forEach((child) => child.kill('SIGKILL')));

interface Ready {
  url: string;
  aliyun: Record<string, string>;
  tencent: Record<string, string>;
}

interface Run {
  child: ChildProcessWithoutNullStreams;
  stdout: () => string;
  stderr: () => string;
  /** Resolves at the first output on stdout. */
  ready: Promise<unknown>;
  /** Resolves to [code, signal]. */
  ended: Promise<unknown[]>;
}

function run(...args: string[]): Run {
  const child = spawn(process.execPath, ['--import', 'tsx', 'bin/iot-device-batch.ts', ...args], { cwd: root });
  started.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  return {
    child,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    ready: once(child.stdout, 'data'),
    ended: once(child, 'close'),
  };
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '--json prints one line when ready, and %s ends it cleanly',
  async (signal) => {
    const emulator = run('emulator', '--port', '0', '--json');
    await emulator.ready;
    expect(emulator.stdout().endsWith('\n')).toBe(true);
    const { url, aliyun, tencent } = JSON.parse(emulator.stdout()) as Ready;
    expect(aliyun).toMatchObject({
      accessKeyId: expect.stringMatching(/^LTAI/) as string,
      accessKeySecret: expect.any(String) as string,
      productKey: expect.stringMatching(/^a1/) as string,
    });
    expect(tencent).toEqual({
      secretId: expect.stringMatching(/^AKID/) as string,
      secretKey: expect.any(String) as string,
      productId: expect.stringMatching(/^[A-Z0-9]{10}$/) as string,
    });
    // A connection that is kept alive does not keep the process.
    expect((await fetch(`${url}/_emulator/clock`)).status).toBe(200);
    emulator.child.kill(signal);
    expect(await emulator.ended).toEqual([0, null]);
    expect(emulator.stdout().split('\n')).toHaveLength(2);
    expect(emulator.stderr()).toBe('');
  },
);

test('a taken port is an error that says what to do', async () => {
  const first = run('emulator', '--port', '0', '--json');
  await first.ready;
  const { port } = new URL((JSON.parse(first.stdout()) as { url: string }).url);
  const second = run('emulator', '--port', port);
  expect(await second.ended).toEqual([1, null]);
  expect(second.stderr()).toContain(`port ${port} of 127.0.0.1 is taken`);
  expect(second.stdout()).toBe('');
});

test('without --json it says how to use it', async () => {
  const emulator = run(
    ...['emulator', '--port', '0', '--product-key', 'a1BwAGV0001', '--speed', '10'],
    ...['--product-id', 'ABCDE12345', '--psk'],
  );
  await emulator.ready;
  expect(emulator.stdout()).toContain('product key a1BwAGV0001');
  expect(emulator.stdout()).toContain('export ALIBABA_CLOUD_ACCESS_KEY_ID=');
  expect(emulator.stdout()).toContain('export TENCENTCLOUD_SECRET_ID=AKID');
  expect(emulator.stdout()).toContain('product id ABCDE12345, with pre-shared keys');
});

test.each([
  ['--port', '99999'],
  ['--port', 'http'],
  ['--speed', '0'],
])('%s %s is refused', async (flag, value) => {
  const command = emulatorCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  await expect(command.parseAsync([flag, value], { from: 'user' })).rejects.toThrow(flag);
});

test('the help lists every option', () => {
  const help = emulatorCommand().helpInformation();
  for (const option of ['--port', '--host', '--speed', '--seed', '--json', '--no-rates', '--product-id', '--psk']) {
    expect(help).toContain(option);
  }
});
