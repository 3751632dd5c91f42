/** Devices that have ever connected: deleting one locks it out for good, so it has to be asked for (I1). */
import { lights } from './harness/oracle';
import { Site } from './harness/site';
import { Town } from './harness/town';

jest.setTimeout(120_000);

let site: Site;
let secret: string;

beforeAll(async () => {
  site = await Site.open();
  secret = await site.putKeys('keys');
});
afterAll(() => site?.close());

test('a change that would delete a device which has connected fails before it does anything, and says which (I1)', async () => {
  const town = new Town(site, 'Shrinking', secret);
  await town.create({ Lights: { names: lights(3) } });
  site.cloud.emulator.aliyun.connect('light-003', town.productKey);
  site.cloud.emulator.aliyun.disconnect('light-003', town.productKey);
  const old = town.oracle.devices;

  const refused = await town.update({ Lights: { names: ['light-001', 'light-004'] } });

  expect(refused.status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(refused.reasons.join()).toMatch(/light-003.*\[ActivatedDevices\]/);
  expect(town.oracle.devices).toEqual(old);
  expect([...town.oracle.creations.keys()]).toEqual(lights(3));
  await town.expectStands('Lights', lights(3));

  const allowed = await town.update({ Lights: { names: ['light-001', 'light-004'], deleteActivated: true } });

  expect(allowed.status).toBe('UPDATE_COMPLETE');
  await town.expectStands('Lights', ['light-001', 'light-004']);
  expect(town.oracle.names).toEqual(['light-001', 'light-004']);
  await town.expectGone();
});

test('a stack with a device that has connected is not deleted, until that is allowed (I1, I11)', async () => {
  const town = new Town(site, 'Standing', secret);
  await town.create({ Lights: { names: lights(3) } });
  site.cloud.emulator.aliyun.connect('light-002', town.productKey);

  const refused = await town.stack.delete();

  expect(refused.status).toBe('DELETE_FAILED');
  expect(refused.reasons.join()).toMatch(/light-002.*\[ActivatedDevices\]/);
  expect(town.oracle.names).toEqual(lights(3));

  site.cloud.emulator.aliyun.deleteDevice('light-002', town.productKey);
  await town.expectGone();
});
