/** Not every device can be made: nothing is left of it, or what is left is in the state (I2, I6). */
import { aliyun, preSharedKeys } from '../../support/tested-clouds';
import { lights } from '../harness/oracle';
import { succeeded } from './harness/command';
import { sequence, Town, type Batches } from './harness/town';

jest.setTimeout(180_000);

const street = (count: number, further = {}): Batches => ({
  lights: { devices: sequence('light-', count), ...further },
});
const keep = { onPartialFailure: 'keep' } as const;

describe.each([aliyun, preSharedKeys])('on $name', (cloud) => {
  let town: Town;
  beforeAll(async () => (town = await Town.open(cloud)));
  afterAll(() => town?.close());

  /** Registers nothing of a name while `work` runs. */
  async function without<T>(name: string, work: () => Promise<T>): Promise<T> {
    const rule = town.emulator.faults.add({ fault: { kind: 'failCreate', names: [name] } });
    const result = await work();
    town.emulator.faults.clear(rule);
    return result;
  }

  test('rolled back, the create leaves no device and nothing in the state, and says which device and why', async () => {
    const { code, text } = await without('light-002', () => town.up(street(3)));

    expect(code).not.toBe(0);
    expect(text).toContain('light-002');
    expect(town.names()).toEqual([]);
    expect(town.deletions.sort()).toEqual(['light-001', 'light-003']);
    expect(await town.project.resources()).toEqual([]);
  });

  test('kept by a create, what exists is in the state, and up repairs it', async () => {
    const { code } = await without('light-002', () => town.up(street(3, keep)));
    expect(code).not.toBe(0);
    const kept = town.devices();
    expect([...kept.keys()].sort()).toEqual(['light-001', 'light-003']);
    expect(await town.project.resources()).toMatchObject([{ initErrors: [expect.stringContaining('light-002')] }]);

    succeeded(await town.project.up());

    await town.expectStands('lights', lights(3));
    town.expectKept(kept);
  });

  test('a failed update leaves the devices as they were', async () => {
    const before = town.devices();

    const { code, text } = await without('light-005', () => town.up(street(5)));

    expect(code).not.toBe(0);
    expect(text).toContain('light-005');
    expect(town.devices()).toEqual(before);
    succeeded(await town.up(street(3)));
    await town.expectStands('lights', lights(3));
  });

  test('kept by an update, what exists goes with destroy', async () => {
    await without('light-005', () => town.up(street(5, keep)));
    expect(town.names()).toEqual(['light-001', 'light-002', 'light-003', 'light-004']);

    await town.expectGone();
  });

  test('a device that cannot be deleted fails the destroy, is told, and goes with the next one', async () => {
    succeeded(await town.up(street(2)));
    town.cloud.connect(town.emulator, 'light-002');

    const { code, text } = await town.project.destroy();
    expect(code).not.toBe(0);
    expect(text).toContain('light-002');
    expect(text).toContain('deleteActivated');
    expect(town.names()).toEqual(lights(2));

    succeeded(await town.up(street(2, { deleteActivated: true })));
    await town.expectGone();
  });
});
