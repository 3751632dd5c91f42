/** Every way to say which devices, and what becomes of those that were there before or that leave, without an engine. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aliyun, preSharedKeys, where } from '../support/tested-clouds';
import { Stage, urnOf } from './stage';

const another = (name: string) => ({
  resourceUrn: urnOf(name),
});
const three = ['light-001', 'light-002', 'light-003'];

describe.each([aliyun, preSharedKeys])('devices of a Pulumi stack on $name', (cloud) => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.set(cloud);
  });
  afterEach(() => stage.end());
  const identities = () => new Map(cloud.devices(stage.core).map(({ name, identity }) => [name, identity]));

  describe('that are generated', () => {
    const generated = (count: number) => ({ devices: { generated: { count, prefix: 'g-' } } });

    it('have names that grow with the count and are the same again where everything was lost', async () => {
      const { deviceNames: two } = await stage.up(generated(2));
      expect(two).toEqual(Array(2).fill(expect.stringMatching(/^g-\w{13}$/)));
      const before = identities();
      const grown = await stage.up(generated(3));
      expect(grown.deviceNames.slice(0, 2)).toEqual(two);
      for (const name of two) expect(identities().get(name)).toBe(before.get(name));
      await stage.destroy();
      expect(stage.devices()).toEqual([]);

      stage.loseJournal();
      expect((await stage.up(generated(3))).deviceNames).toEqual(grown.deviceNames);
      expect((await stage.up({ ...generated(1) })).deviceNames).toEqual(two.slice(0, 1));
      expect(stage.devices()).toEqual(two.slice(0, 1));
    });
  });

  where(cloud === aliyun)('whose names the cloud invents stay as they are, and go', async () => {
    const assigned = (count: number) => ({ devices: { assignedByCloud: count } });
    const { deviceNames, deviceSecrets } = await stage.up(assigned(2));
    expect(stage.devices()).toEqual([...deviceNames].sort());
    expect(Object.keys(JSON.parse(deviceSecrets) as object).sort()).toEqual([...deviceNames].sort());
    expect((await stage.up(assigned(2))).deviceNames).toEqual(deviceNames);
    expect(stage.devices()).toHaveLength(2);
    await stage.destroy();
    expect(stage.devices()).toEqual([]);
  });

  describe('of a job that somebody else has submitted', () => {
    const watching = (fromJob: string) => ({
      ...another('watched'),
      devices: { fromJob },
      deviceCredentials: 'none' as const,
    });

    it('are listed, kept when the batch goes, and cannot become its own', async () => {
      const own = await stage.up();
      const owner = stage.state;
      stage.state = undefined;
      const watched = await stage.up(watching(own.jobIds[0]!));
      expect(watched).toMatchObject({ deviceNames: three, deviceCount: 3, deviceSecrets: '{}' });
      expect(stage.calls('create')).toBe(1);
      await stage.refresh();
      await expect(stage.up({ ...watching(''), devices: { named: three } })).rejects.toThrow(/\[OwnershipChange\]$/);
      await stage.destroy();
      expect(stage.devices()).toEqual(three);
      stage.state = owner;
      await stage.destroy();
      expect(stage.devices()).toEqual([]);
    });

    it('fail at once where there is no such job, with nothing in the state', async () => {
      await expect(stage.up(watching('1234567'))).rejects.toThrow(/1234567.*\[JobUnknown\]$/);
      expect(stage.state).toBeUndefined();
    });
  });

  it('of a file are changed by what is in it, and go without it', async () => {
    const path = join(stage.folder, 'names.txt');
    const fromFile = { devices: { fromFile: path } };
    writeFileSync(path, 'lamp-a\nlamp-b\n');
    expect((await stage.up(fromFile)).deviceNames).toEqual(['lamp-a', 'lamp-b']);
    expect((await stage.up(fromFile)).deviceNames).toEqual(['lamp-a', 'lamp-b']);
    expect(stage.calls('create')).toBe(1);
    const before = identities();
    writeFileSync(path, 'lamp-c\nlamp-b\n');
    expect((await stage.up(fromFile)).deviceNames).toEqual(['lamp-c', 'lamp-b']);
    expect(stage.devices()).toEqual(['lamp-b', 'lamp-c']);
    expect(identities().get('lamp-b')).toBe(before.get('lamp-b'));
    rmSync(path);
    await stage.destroy();
    expect(stage.devices()).toEqual([]);
  });

  describe('that exist', () => {
    it.each([
      ['all', 'adopt' as const],
      ['those that are listed', { adopt: ['light-002'] }],
    ])('join the batch where it is to adopt %s, with their secrets, and stay when it goes', async (_, onExisting) => {
      cloud.seed(stage.core, { devices: ['light-002'] });
      const { 'light-002': before } = Object.fromEntries(identities());
      const outputs = await stage.up({ onExisting });
      expect(outputs.deviceNames).toEqual(three);
      expect(identities().get('light-002')).toBe(before);
      expect(Object.keys(JSON.parse(outputs.deviceSecrets) as object).sort()).toEqual(three);

      // It counted when the names joined.
      expect((await stage.up()).deviceNames).toEqual(three);
      expect(identities().get('light-002')).toBe(before);
      await stage.destroy();
      expect(stage.devices()).toEqual(['light-002']);
    });

    it('and are not among those to adopt are told, and nothing is made', async () => {
      cloud.seed(stage.core, { devices: ['light-002', 'light-003'] });
      const refused = stage.up({ onExisting: { adopt: ['light-002'] } });
      await expect(refused).rejects.toThrow(/light-003.*\[DevicesExist\]$/);
      expect(stage.state).toBeUndefined();
      expect(stage.devices()).toEqual(['light-002', 'light-003']);
    });
  });

  describe('that the batch retains', () => {
    const retain = { removalPolicy: 'retain' as const };

    it('stay when they leave it, and when it goes', async () => {
      await stage.up(retain);
      expect((await stage.up({ ...retain, devices: { named: ['light-001'] } })).deviceCount).toBe(1);
      expect(stage.devices()).toEqual(three);
      await stage.destroy();
      expect(stage.devices()).toEqual(three);
    });

    it('are known to the stack, where any batch may list them again, which will never delete them', async () => {
      await stage.up(retain);
      const before = identities();
      await stage.destroy();
      const outputs = await stage.up(another('lamps'));
      expect(outputs.deviceNames).toEqual(three);
      expect(identities()).toEqual(before);
      expect(stage.calls('create')).toBe(1);
      await stage.destroy();
      expect(stage.devices()).toEqual(three);
    });

    it('are no reason to keep what a failed create has made', async () => {
      stage.core.faults.add({ fault: { kind: 'failCreate', names: ['light-002'] } });
      await expect(stage.up(retain)).rejects.toThrow(/light-002/);
      expect(stage.state).toBeUndefined();
      expect(stage.devices()).toEqual([]);
    });
  });

  it('that a failed update has kept belong to the batch, until one does without them', async () => {
    await stage.up();
    const five = { devices: { sequence: { prefix: 'light-', count: 5 } } };
    stage.core.faults.add({ fault: { kind: 'failCreate', names: ['light-005'] } });
    const keep = { ...five, onPartialFailure: 'keep' as const };
    await expect(stage.up(keep)).rejects.toThrow(/light-005.*kept/);
    expect(stage.state?.failed).toBe(true);
    expect(stage.devices()).toEqual([...three, 'light-004']);
    stage.core.faults.clear();
    expect((await stage.up()).deviceNames).toEqual(three);
    expect(stage.devices()).toEqual(three);
    await stage.destroy();
    expect(stage.devices()).toEqual([]);
  });
});
