/** What becomes of a batch whose provider process is killed, or lives on without its engine: the real process, over gRPC. */
import type { Made } from '../support/pulumi-plugin';
import { aliyun, certificates } from '../support/tested-clouds';
import { PluginStage } from './plugin-stage';

describe.each([aliyun, certificates])('on $name', (cloud) => {
  let stage: PluginStage;
  beforeAll(async () => (stage = await PluginStage.open(cloud)));
  beforeEach(() => stage.begin());
  afterEach(() => stage.end());
  afterAll(() => stage.close());

  it('a create that was killed while the cloud worked goes on in the next one, which registers nothing twice', async () => {
    const killed = await stage.start();
    const lost = killed.create(await stage.checked(killed)).catch(() => undefined);
    await stage.followed(1);
    await killed.end('SIGKILL');
    await lost;

    const next = await stage.start();
    const inputs = await stage.checked(next);
    await next.untilSaid('was cut off');
    const { id, outputs } = await next.create(inputs);
    expect(outputs.deviceNames).toEqual(stage.five);
    expect(stage.started()).toBe(1);
    expect(Object.keys(JSON.parse(String(outputs.deviceSecrets)) as object).sort()).toEqual(stage.five);
    await next.delete(id, outputs);
    expect(stage.devices()).toEqual([]);
  });

  it('a provider that has outlived its engine stops, and lets the next one go on at once', async () => {
    const orphan = await stage.start();
    const lost = orphan.create(await stage.checked(orphan)).then(
      (made: Made) => made.id,
      (error: Error) => error.message,
    );
    await stage.followed(1);
    await orphan.loseEngine();
    expect(await lost).toContain('EngineGone');

    const next = await stage.start();
    const { outputs } = await next.create(await stage.checked(next));
    expect(outputs.deviceNames).toEqual(stage.five);
    expect(stage.started()).toBe(1);
  });

  if (cloud !== aliyun) return;

  it('an operation whose answer was lost is answered by the next one', async () => {
    const first = await stage.start();
    await first.create(await stage.checked(first));
    await first.end('SIGKILL');

    const second = await stage.start();
    const inputs = await stage.checked(second);
    const { id, outputs } = await second.create(inputs);
    expect(outputs.deviceNames).toEqual(stage.five);
    expect(stage.started()).toBe(1);
    expect(Object.keys(JSON.parse(String(outputs.deviceSecrets)) as object).sort()).toEqual(stage.five);
    await second.delete(id, outputs);
    await second.end('SIGKILL');

    // Pulumi still has it in its state.
    const third = await stage.start();
    expect(await third.diff(id, outputs, inputs)).toMatchObject({ changes: true });
    expect((await third.read(id, outputs)).id).toBe('');
    const again = await third.create(await stage.checked(third));
    expect(again.outputs.deviceNames).toEqual(stage.five);
    expect(stage.devices()).toEqual(stage.five);
  });

  it('an update that was killed is undone by an up of the program as it was, which sees that there is something to do', async () => {
    const first = await stage.start();
    const before = await stage.checked(first);
    const made = await first.create(before);
    const grown = { devices: { named: [...stage.five, 'gate'] } };
    const lost = first.update(made.id, made.outputs, await stage.checked(first, grown, before)).catch(() => undefined);
    await stage.until(() => stage.started() === 2);
    await first.end('SIGKILL');
    await lost;

    const next = await stage.start();
    const same = await stage.checked(next, {}, before);
    expect(await next.diff(made.id, made.outputs, same)).toMatchObject({ changes: true });
    const outputs = await next.update(made.id, made.outputs, same);
    expect(stage.devices()).toEqual(stage.five);
    expect(await next.diff(made.id, outputs, same)).toMatchObject({ changes: false });
    await next.delete(made.id, outputs);
    expect(stage.devices()).toEqual([]);
  });
});
