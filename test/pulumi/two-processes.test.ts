/** Two provider processes on one journal, or one after another that has left something: over gRPC, as an engine asks them. */
import { PartialFailure } from '../support/pulumi-plugin';
import { preSharedKeys } from '../support/tested-clouds';
import { PluginStage } from './plugin-stage';

describe('provider processes', () => {
  const cloud = preSharedKeys;
  let stage: PluginStage;
  beforeAll(async () => (stage = await PluginStage.open(cloud)));
  beforeEach(() => stage.begin());
  afterEach(() => stage.end());
  afterAll(() => stage.close());

  it('at work on the same batch wait for each other, and register nothing twice (I3)', async () => {
    const [one, other] = [await stage.start(), await stage.start()];
    const first = one.create(await stage.checked(one));
    await stage.followed(1);
    const second = other.create(await stage.checked(other));
    const outputs = [(await first).outputs, (await second).outputs];
    for (const { deviceNames, deviceSecrets } of outputs) {
      expect(deviceNames).toEqual(stage.five);
      expect(Object.keys(JSON.parse(String(deviceSecrets)) as object).sort()).toEqual(stage.five);
    }
    expect(stage.started()).toBe(1);
    expect(stage.devices()).toEqual(stage.five);
  });

  it('that are asked only to refresh or to destroy tell as well what an earlier one was cut off from', async () => {
    const first = await stage.start();
    const before = await stage.checked(first);
    const { id, outputs } = await first.create(before);
    const grown = { devices: { named: [...stage.five, 'gate'] } };
    const lost = first.update(id, outputs, await stage.checked(first, grown, before)).catch(() => undefined);
    await stage.until(() => stage.started() === 2);
    await first.end('SIGKILL');
    await lost;
    stage.pass(5 * 60_000);

    const refreshing = await stage.start();
    expect((await refreshing.read(id, outputs)).id).toBe(id);
    await refreshing.untilSaid('was cut off');
    await refreshing.end();
    const destroying = await stage.start();
    await destroying.delete(id, outputs);
    await destroying.untilSaid('was cut off');
    expect(stage.devices()).toEqual([]);
  });

  it('that keep what a failed create has made say so with all that the state needs', async () => {
    stage.core.faults.add({ fault: { kind: 'failCreate', names: ['light-002'] }, times: 1 });
    const plugin = await stage.start();
    const inputs = await stage.checked(plugin, { onPartialFailure: 'keep' });
    const failure: unknown = await plugin.create(inputs).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(PartialFailure);
    const { id, properties, reasons, message } = failure as PartialFailure;
    expect(reasons).toEqual([expect.stringContaining('light-002')]);
    expect(message).toContain('light-002');
    expect(properties).toMatchObject({ __provider: inputs.__provider, batchId: inputs.batchId });

    const next = await stage.start();
    const outputs = await next.update(id, properties, await stage.checked(next, { onPartialFailure: 'keep' }, inputs));
    expect(outputs.deviceNames).toEqual(stage.five);
    await next.delete(id, outputs);
    expect(stage.devices()).toEqual([]);
  });

  // The last one: the package stays upgraded.
  it('run the code of the package that is installed then, whatever version wrote the state', async () => {
    const writing = await stage.start();
    const { id, outputs } = await writing.create(await stage.checked(writing));
    await writing.end();
    await stage.upgrade(`
      exports.configure = async () => {};
      exports.read = async (id, props) => ({ id, props: { ...props, readBy: '999' } });
      exports.delete = async (id) => console.log('999 deletes ' + id);
    `);

    const newer = await stage.start();
    expect((await newer.read(id, outputs)).outputs).toEqual({ ...outputs, readBy: '999' });
    await newer.delete(id, outputs);
    await newer.untilSaid(`999 deletes ${id}`);
    expect(stage.devices()).toEqual(stage.five);
  });
});
