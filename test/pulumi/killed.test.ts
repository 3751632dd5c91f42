/** What becomes of a batch whose provider process is killed, or lives on without its engine: the real process, over gRPC. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmulator, type RunningEmulator } from '../../emulator';
import { PulumiPlugin, type Made, type Properties } from '../support/pulumi-plugin';
import { linkPackages, registered } from '../support/pulumi-program';
import { aliyun, certificates } from '../support/tested-clouds';

describe.each([aliyun, certificates])('on $name', (cloud) => {
  let folder: string;
  let emulator: RunningEmulator;
  let registration: Properties;
  const plugins: PulumiPlugin[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pulumi-killed-'));
    await linkPackages(folder);
    const [resource] = await registered(
      folder,
      `new (require('iot-device-batch/pulumi').DeviceBatch)('lights', {
        cloud: {},
        devices: { sequence: { prefix: 'light-', count: 5 } },
      });`,
    );
    registration = resource!.inputs;
  });
  beforeEach(async () => {
    emulator = await startEmulator({ ...cloud.emulator({ createMs: 2_000 }), rates: false });
    const reference = cloud.product(emulator.emulator, undefined, emulator.url);
    registration = { ...registration, cloud: JSON.parse(JSON.stringify(reference)) as unknown };
  });
  afterEach(async () => {
    for (const plugin of plugins.splice(0)) await plugin.end('SIGKILL');
    await emulator.close();
    await rm(join(folder, '.iot-device-batch'), { recursive: true, force: true });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const start = async () => {
    const { aliyun: key, tencent } = emulator;
    const environment = {
      PATH: process.env.PATH,
      ALIBABA_CLOUD_ACCESS_KEY_ID: key.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: key.accessKeySecret,
      TENCENTCLOUD_SECRET_ID: tencent.secretId,
      TENCENTCLOUD_SECRET_KEY: tencent.secretKey,
    };
    const plugin = await PulumiPlugin.start(folder, { environment });
    plugins.push(plugin);
    return plugin;
  };
  const checked = async (plugin: PulumiPlugin, changes: Properties = {}, olds: Properties = {}) => {
    const { inputs, failures } = await plugin.check({ ...registration, ...changes }, olds);
    expect(failures).toEqual([]);
    return inputs;
  };
  const devices = () => cloud.devices(emulator.emulator).map(({ name }) => name);
  const executed = (operation: string) =>
    emulator.emulator.journal.calls(operation).filter(({ executed, code }) => executed && !code).length;
  const started = () => executed(cloud.operations.create);
  /** The answer to the call that started a job is known by then: else it would have to be waited out, a minute and more. */
  const followed = (jobs: number) => until(() => started() === jobs && executed(cloud.operations.status) > 0);
  const until = async (holds: () => boolean) => {
    for (const end = Date.now() + 20_000; !holds(); await sleep(10)) if (Date.now() > end) throw new Error('too long');
  };
  const five = ['light-001', 'light-002', 'light-003', 'light-004', 'light-005'];

  it('a create that was killed while the cloud worked goes on in the next one, which registers nothing twice', async () => {
    const killed = await start();
    const lost = killed.create(await checked(killed)).catch(() => undefined);
    await followed(1);
    await killed.end('SIGKILL');
    await lost;

    const next = await start();
    const inputs = await checked(next);
    await next.untilSaid('was cut off');
    const { id, outputs } = await next.create(inputs);
    expect(outputs.deviceNames).toEqual(five);
    expect(started()).toBe(1);
    expect(Object.keys(JSON.parse(String(outputs.deviceSecrets)) as object).sort()).toEqual(five);
    await next.delete(id, outputs);
    expect(devices()).toEqual([]);
  });

  it('a provider that has outlived its engine stops, and lets the next one go on at once', async () => {
    const orphan = await start();
    const lost = orphan.create(await checked(orphan)).then(
      (made: Made) => made.id,
      (error: Error) => error.message,
    );
    await followed(1);
    await orphan.loseEngine();
    expect(await lost).toContain('EngineGone');

    const next = await start();
    const { outputs } = await next.create(await checked(next));
    expect(outputs.deviceNames).toEqual(five);
    expect(started()).toBe(1);
  });

  if (cloud !== aliyun) return;

  it('an operation whose answer was lost is answered by the next one', async () => {
    const first = await start();
    await first.create(await checked(first));
    await first.end('SIGKILL');

    const second = await start();
    const inputs = await checked(second);
    const { id, outputs } = await second.create(inputs);
    expect(outputs.deviceNames).toEqual(five);
    expect(started()).toBe(1);
    expect(Object.keys(JSON.parse(String(outputs.deviceSecrets)) as object).sort()).toEqual(five);
    await second.delete(id, outputs);
    await second.end('SIGKILL');

    // Pulumi still has it in its state.
    const third = await start();
    expect(await third.diff(id, outputs, inputs)).toMatchObject({ changes: true });
    expect((await third.read(id, outputs)).id).toBe('');
    const again = await third.create(await checked(third));
    expect(again.outputs.deviceNames).toEqual(five);
    expect(devices().sort()).toEqual(five);
  });

  it('an update that was killed is undone by an up of the program as it was, which sees that there is something to do', async () => {
    const first = await start();
    const before = await checked(first);
    const made = await first.create(before);
    const grown = { devices: { named: [...five, 'gate'] } };
    const lost = first.update(made.id, made.outputs, await checked(first, grown, before)).catch(() => undefined);
    await until(() => started() === 2);
    await first.end('SIGKILL');
    await lost;

    const next = await start();
    const same = await checked(next, {}, before);
    expect(await next.diff(made.id, made.outputs, same)).toMatchObject({ changes: true });
    const outputs = await next.update(made.id, made.outputs, same);
    expect(devices().sort()).toEqual(five);
    expect(await next.diff(made.id, outputs, same)).toMatchObject({ changes: false });
    await next.delete(made.id, outputs);
    expect(devices()).toEqual([]);
  });
});
