import { aliyun, certificates, legacy, preSharedKeys } from '../support/tested-clouds';
import { Stage } from './stage';

describe.each([aliyun, certificates, preSharedKeys, legacy])('a batch in a Pulumi stack on $name', (cloud) => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.set(cloud);
  });
  afterEach(() => stage.end());

  it('is created, stays as it is, grows, shrinks and is destroyed', async () => {
    const outputs = await stage.up();
    expect(outputs).toMatchObject({ deviceNames: ['light-001', 'light-002', 'light-003'], deviceCount: 3 });
    expect(outputs.jobIds).toHaveLength(1);
    expect(stage.devices()).toEqual(outputs.deviceNames);

    expect(await stage.up()).toEqual(outputs);
    expect(stage.calls('create')).toBe(1);

    const grown = await stage.up({ devices: { named: ['light-002', 'light-003', 'gate'] } });
    expect(grown).toMatchObject({ deviceNames: ['light-002', 'light-003', 'gate'], batchId: outputs.batchId });
    expect(stage.devices()).toEqual(['gate', 'light-002', 'light-003']);
    expect(Object.keys(JSON.parse(grown.deviceSecrets) as object).sort()).toEqual(['gate', 'light-002', 'light-003']);

    await stage.destroy();
    expect(stage.devices()).toEqual([]);
  });

  it('is replaced when its product is another one, the new devices before the old ones go', async () => {
    cloud.seed(stage.core, { product: OTHER });
    const before = await stage.up();
    const other = { cloud: cloud.product(stage.core, OTHER, stage.emulator.url) };
    const after = await stage.up(other);
    expect(after.deviceNames).toEqual(before.deviceNames);
    expect(after.batchId).toBe(before.batchId);
    expect(stage.devices()).toEqual([]);
    expect(stage.devices(OTHER)).toEqual(after.deviceNames);
    expect(await stage.up(other)).toEqual(after);
    await stage.destroy();
    expect(stage.devices(OTHER)).toEqual([]);
  });

  it('is told by a refresh which devices were deleted by hand, and makes them again', async () => {
    const before = await stage.up();
    cloud.delete(stage.core, 'light-002');
    await stage.refresh();
    expect(stage.state?.outputs).toMatchObject({ deviceNames: ['light-001', 'light-003'], deviceCount: 2 });
    const after = await stage.up();
    expect(after.deviceNames).toEqual(before.deviceNames);
    expect(stage.devices()).toEqual(before.deviceNames);
    await stage.refresh();
    expect(await stage.up()).toEqual(after);
    await stage.destroy();
    expect(stage.devices()).toEqual([]);
  });

  it('has no devices where its product is not to be found, and goes on where it is again', async () => {
    await stage.up();
    stage.core.faults.add({ fault: { kind: 'businessError', code: cloud.codes.missingProduct }, times: 1_000 });
    await stage.refresh();
    expect(stage.state?.outputs.deviceNames).toEqual([]);
    await expect(stage.up()).rejects.toThrow(cloud.codes.missingProduct);
    stage.core.faults.clear();
    await stage.refresh();
    expect((await stage.up()).deviceNames).toEqual(stage.devices());
    stage.core.faults.add({ fault: { kind: 'businessError', code: cloud.codes.missingProduct }, times: 1_000 });
    await stage.destroy();
    expect(stage.state).toBeUndefined();
  });

  it('goes on from the state where the journal is lost, and leaves what is not its own alone', async () => {
    cloud.seed(stage.core, { devices: ['foreign'] });
    const before = await stage.up();
    stage.loseJournal();
    expect(await stage.up()).toEqual(before);
    const after = await stage.up({ devices: { named: ['light-002', 'gate'] } });
    expect(after.deviceNames).toEqual(['light-002', 'gate']);
    stage.loseJournal();
    await stage.destroy();
    expect(stage.devices()).toEqual(['foreign']);
  });

  it('puts a journal aside that somebody else has left behind, and never acts on it', async () => {
    await stage.up();
    const old = stage.copyJournal();
    await stage.up({ devices: { named: ['light-002', 'gate'] } });
    stage.bringBack(old);
    const grown = await stage.up({ devices: { named: ['light-002', 'gate', 'door'] } });
    expect(stage.devices()).toEqual(['door', 'gate', 'light-002']);
    expect(stage.said).toContain('is older than the stack');
    expect(stage.journal('discarded/')).toHaveLength(1);
    expect(Object.keys(JSON.parse(grown.deviceSecrets) as object)).toHaveLength(3);
    await stage.destroy();
    expect(stage.devices()).toEqual([]);
  });

  it('leaves nothing behind, and no resource, where devices of its names exist', async () => {
    cloud.seed(stage.core, { devices: ['light-002'] });
    await expect(stage.up()).rejects.toThrow(/light-002.*\[DevicesExist\]$/);
    expect(stage.state).toBeUndefined();
    expect(stage.devices()).toEqual(['light-002']);
  });

  it('stays in the state where it could not be rolled back, until an up has made it whole', async () => {
    stage.core.faults.add({ fault: { kind: 'failCreate', names: ['light-002'] } });
    // The first one proves that devices may be deleted.
    const undeletable = { kind: 'businessError', code: cloud.codes.undeletable } as const;
    stage.core.faults.add({ operation: 'DeleteDevice', fault: undeletable, after: 1, times: 1_000 });
    await expect(stage.up()).rejects.toThrow(/light-002/);
    expect(stage.state).toMatchObject({ failed: true });
    stage.core.faults.clear();
    const outputs = await stage.up();
    expect(stage.devices()).toEqual(outputs.deviceNames);
    await stage.destroy();
    expect(stage.devices()).toEqual([]);
  });

  it('keeps what exists of a create that failed where it is told to, until an up makes it whole', async () => {
    const keep = { onPartialFailure: 'keep' };
    stage.core.faults.add({ fault: { kind: 'failCreate', names: ['light-002'] }, times: 1 });
    await expect(stage.up(keep)).rejects.toThrow(/light-002.*2 devices were kept and belong to the batch/);
    expect(stage.devices()).toEqual(['light-001', 'light-003']);
    stage.core.faults.clear();
    const outputs = await stage.up(keep);
    expect(outputs.deviceNames).toEqual(['light-001', 'light-002', 'light-003']);
    expect(Object.keys(JSON.parse(outputs.deviceSecrets) as object).sort()).toEqual(outputs.deviceNames);
    expect(stage.devices()).toEqual(outputs.deviceNames);
    expect(await stage.up(keep)).toEqual(outputs);
    await stage.destroy();
    expect(stage.devices()).toEqual([]);
  });

  it('holds its secrets in one output, and none in its journal, its other outputs and what it says', async () => {
    const { deviceSecrets, ...outputs } = await stage.up();
    const secrets = cloud.secrets(stage.core);
    expect(secrets.length).toBeGreaterThanOrEqual(3);
    for (const secret of secrets) {
      const text = JSON.stringify(secret).slice(1, -1);
      expect(deviceSecrets.includes(text)).toBe(true);
      expect([JSON.stringify(outputs), stage.said, ...stage.journalTexts()].some((each) => each.includes(text))).toBe(
        false,
      );
    }
  });
});

const OTHER = 'OtherProduct1';
