/** Devices that join a batch, are kept after a failed change, outlive the stack, or move with a renamed construct: by the CDK CLI. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { OnExisting, OnPartialFailure } from '../../lib';
import { lights, only } from './harness/oracle';
import { Site } from './harness/site';
import { Town, type Said } from './harness/town';

jest.setTimeout(240_000);

let site: Site;
let secret: string;

beforeAll(async () => {
  site = await Site.open();
  secret = await site.putKeys('keys');
});
afterAll(() => site?.close());
beforeEach(() => site.cloud.emulator.faults.clear());

const succeeded = (status: string): Partial<Said> => ({ code: 0, status });

test('devices that exist are adopted, stay the very same when the construct is renamed, and outlive the stack (I1, I3)', async () => {
  const town = new Town(site, 'Adopting', secret);
  const { productKey } = town;
  site.cloud.emulator.aliyun.seed({ devices: lights(2).map((deviceName) => ({ productKey, deviceName })) });
  const foreign = town.oracle.devices;
  const settings = { names: lights(4), onExisting: OnExisting.adopt() };

  expect(await town.deploy({ Lights: settings })).toMatchObject(succeeded('CREATE_COMPLETE'));

  await town.expectStands('Lights', lights(4));
  const all = town.oracle.devices;
  expect(only(all, lights(2))).toEqual(foreign);
  expect([...town.oracle.creations.keys()]).toEqual(lights(2, 3));

  expect(await town.deploy({ Lamps: settings })).toMatchObject(succeeded('UPDATE_COMPLETE'));

  await town.expectStands('Lamps', lights(4));
  expect(town.oracle.devices).toEqual(all);
  expect(town.oracle.deletions).toEqual([]);

  expect(await town.destroy()).toMatchObject(succeeded('DELETE_COMPLETE'));
  expect(town.oracle.devices).toEqual(foreign);
  expect(await town.buckets()).toEqual([]);
});

test('what an update created before it failed is kept where that is wanted, and fixing it goes on with it (I1, I3)', async () => {
  const town = new Town(site, 'Keeping', secret);
  const settings = { onPartialFailure: OnPartialFailure.KEEP };
  await town.create({ Lights: { names: lights(3), ...settings } });
  site.cloud.emulator.faults.add({ fault: { kind: 'failCreate', names: ['light-005'], reason: 'no lamp post' } });

  const failed = await town.deploy({ Lights: { names: lights(6), ...settings } });

  expect(failed).toMatchObject({ code: 1, status: 'UPDATE_ROLLBACK_COMPLETE' });
  expect(failed.text).toMatch(
    /1 of 6 devices were not registered: light-005 \(no lamp post\); the other 2 devices were kept .*\[DevicesNotRegistered\]/,
  );
  const kept = town.oracle.devices;
  expect([...kept.keys()].sort()).toEqual([...lights(4), 'light-006']);

  site.cloud.emulator.faults.clear();
  expect(await town.deploy({ Lights: { names: lights(6), ...settings } })).toMatchObject(succeeded('UPDATE_COMPLETE'));

  await town.expectStands('Lights', lights(6));
  expect(only(town.oracle.devices, [...kept.keys()])).toEqual(kept);
  expect([...town.oracle.creations.values()]).toEqual(lights(6).map(() => 1));
  expect(await town.destroy()).toMatchObject(succeeded('DELETE_COMPLETE'));
  expect(town.oracle.names).toEqual([]);
});

test('under RETAIN, devices outlive their batch and their stack, and another stack can adopt them (I1)', async () => {
  const town = new Town(site, 'Retaining', secret);
  const settings = { removalPolicy: RemovalPolicy.RETAIN };
  await town.create({ Lights: { names: lights(4), ...settings } });
  const all = town.oracle.devices;

  expect(await town.deploy({ Lights: { names: lights(3), ...settings } })).toMatchObject(succeeded('UPDATE_COMPLETE'));
  expect(town.stack.outputs.LightsNames).toBe(lights(3).join(','));
  expect(town.oracle.devices).toEqual(all);

  expect(await town.destroy()).toMatchObject(succeeded('DELETE_COMPLETE'));
  expect(town.oracle.devices).toEqual(all);

  const heir = new Town(site, 'Heir', secret, town.productKey);
  const adopting = { names: lights(4), onExisting: OnExisting.adopt() };
  expect(await heir.deploy({ Lights: adopting })).toMatchObject(succeeded('CREATE_COMPLETE'));
  await heir.expectStands('Lights', lights(4));
  expect(await heir.destroy()).toMatchObject(succeeded('DELETE_COMPLETE'));
  expect(heir.oracle.devices).toEqual(all);
  expect(heir.oracle.deletions).toEqual([]);
});
