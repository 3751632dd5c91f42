/** Changes of a batch: what is registered, what is deleted, and that what stays is the very same device. */
import { lights, only, Oracle, type Inventory } from './harness/oracle';
import { Site } from './harness/site';
import { newProduct, Town } from './harness/town';

jest.setTimeout(120_000);

let site: Site;
let secret: string;
let towns = 0;

beforeAll(async () => {
  site = await Site.open();
  secret = await site.putKeys('keys');
});
afterAll(() => site?.close());
beforeEach(() => site.cloud.emulator.faults.clear());

/** In a town of its own, which is deleted in the end with all that it has. */
async function inTown(walk: (town: Town) => Promise<void>): Promise<void> {
  const town = new Town(site, `Town${++towns}`, secret);
  await walk(town);
  await town.expectGone();
}

const stayers = (devices: Inventory, names: readonly string[]): string[] =>
  [...devices.keys()].filter((name) => names.includes(name));

describe('an update', () => {
  test.each([
    ['that adds devices', lights(4), lights(6)],
    ['that takes devices away', lights(4), lights(2)],
    ['that does both', lights(4), lights(4, 3)],
    ['that replaces all', lights(3), lights(3, 11)],
    ['that only reorders', lights(3), lights(3).reverse()],
  ])(
    '%s registers what is new and nothing else, deletes what has left, and keeps what stays (I1, I3, I4)',
    (_, from, to) =>
      inTown(async (town) => {
        expect(await town.create({ Lights: { names: from } })).toMatchObject({ status: 'CREATE_COMPLETE' });
        await town.expectStands('Lights', from);
        const old = town.oracle.devices;

        expect(await town.update({ Lights: { names: to } })).toMatchObject({ status: 'UPDATE_COMPLETE', reasons: [] });

        await town.expectStands('Lights', to);
        expect(town.oracle.names).toEqual([...to].sort());
        expect(only(town.oracle.devices, stayers(old, to))).toEqual(only(old, stayers(old, to)));
        expect(new Set(town.oracle.creations.values())).toEqual(new Set([1]));
      }),
  );

  test('to another product registers all of them there before it deletes one of the old (I2, I4)', () =>
    inTown(async (town) => {
      await town.create({ Lights: { names: lights(3) } });
      const next = new Oracle(site.cloud, newProduct(site, 'Elsewhere'));

      const { status } = await town.update({ Lights: { names: lights(3), productKey: next.product } });

      expect(status).toBe('UPDATE_COMPLETE');
      expect(town.oracle.names).toEqual([]);
      await town.expectStands('Lights', lights(3), next);
      const moved = site.cloud.emulator.journal
        .deviceEvents()
        .filter(({ productKey }) => [town.productKey, next.product].includes(productKey))
        .map(({ event, productKey }) => `${event} ${productKey === next.product ? 'new' : 'old'}`);
      expect(moved).toEqual([
        ...lights(3).map(() => 'created old'),
        ...lights(3).map(() => 'created new'),
        ...lights(3).map(() => 'deleted old'),
      ]);
      await town.stack.delete();
      expect(next.names).toEqual([]);
    }));

  test('that renames the construct keeps every device (I1, I3)', () =>
    inTown(async (town) => {
      await town.create({ Lights: { names: lights(3) } });
      const old = town.oracle.devices;

      expect(await town.update({ Lamps: { names: lights(3) } })).toMatchObject({ status: 'UPDATE_COMPLETE' });

      await town.expectStands('Lamps', lights(3));
      expect(town.oracle.devices).toEqual(old);
      expect(town.oracle.deletions).toEqual([]);
    }));

  test('that moves a device to another batch of the stack keeps it (I1, I3)', () =>
    inTown(async (town) => {
      await town.create({ Lights: { names: lights(3) }, Signs: { names: ['sign-1'] } });
      const old = town.oracle.devices;

      const moved = { Lights: { names: lights(2) }, Signs: { names: ['sign-1', 'light-003'] } };
      expect(await town.update(moved)).toMatchObject({ status: 'UPDATE_COMPLETE' });

      await town.expectStands('Lights', lights(2));
      await town.expectStands('Signs', ['sign-1', 'light-003']);
      expect(town.oracle.devices).toEqual(old);
    }));

  test('of the options alone asks the cloud nothing', () =>
    inTown(async (town) => {
      await town.create({ Lights: { names: lights(3) } });
      const calls = town.oracle.calls;

      const { status } = await town.update({ Lights: { names: lights(3), deleteActivated: true } });

      expect(status).toBe('UPDATE_COMPLETE');
      expect(town.oracle.calls).toBe(calls);
      await town.expectStands('Lights', lights(3));
    }));
});

describe('an update that fails', () => {
  test('at a name that exists leaves everything as it was, and the next one succeeds (I2)', () =>
    inTown(async (town) => {
      await town.create({ Lights: { names: lights(3) } });
      site.cloud.emulator.aliyun.seed({ devices: [{ productKey: town.productKey, deviceName: 'light-005' }] });
      const old = town.oracle.devices;

      const failed = await town.update({ Lights: { names: lights(5) } });

      expect(failed).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE' });
      expect(failed.reasons.join()).toMatch(/light-005; .*\[DevicesExist\]/);
      expect(town.oracle.devices).toEqual(old);
      await town.expectStands('Lights', lights(3));

      site.cloud.emulator.aliyun.deleteDevice('light-005', town.productKey);
      expect(await town.update({ Lights: { names: lights(5) } })).toMatchObject({ status: 'UPDATE_COMPLETE' });
      await town.expectStands('Lights', lights(5));
      expect(only(town.oracle.devices, lights(3))).toEqual(only(old, lights(3)));
    }));

  test('for some devices deletes the new ones beside them and keeps the old (I1, I2)', () =>
    inTown(async (town) => {
      await town.create({ Lights: { names: lights(3) } });
      const old = town.oracle.devices;
      site.cloud.emulator.faults.add({ fault: { kind: 'failCreate', names: ['light-005'], reason: 'no lamp post' } });

      const failed = await town.update({ Lights: { names: lights(5, 2) } });

      expect(failed.status).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(failed.reasons.join()).toContain('light-005 (no lamp post)');
      expect(town.oracle.devices).toEqual(old);
      await town.expectStands('Lights', lights(3));
    }));
});
