/** `cdk destroy` that fails: what it says, what it leaves, and the second one that finishes. */
import type { Fault } from '../../emulator';
import { Duration } from 'aws-cdk-lib';
import { lights } from './harness/oracle';
import { Site } from './harness/site';
import { Town, type BatchSettings } from './harness/town';

jest.setTimeout(180_000);

let site: Site;
let secret: string;

beforeAll(async () => {
  site = await Site.open();
  secret = await site.putKeys('keys');
});
afterAll(() => site?.close());
beforeEach(() => site.cloud.emulator.faults.clear());

async function standing(name: string, settings: Partial<BatchSettings> = {}): Promise<Town> {
  const town = new Town(site, name, secret);
  const created = await town.create({ Lights: { names: lights(5), ...settings } });
  expect(created).toMatchObject({ status: 'CREATE_COMPLETE' });
  return town;
}

/** The second destroy has finished: each device was deleted once, over both, and the bucket is gone as well. */
async function expectFinished(town: Town): Promise<void> {
  expect(await town.destroy()).toMatchObject({ code: 0, status: 'DELETE_COMPLETE', resources: [] });
  expect(town.oracle.names).toEqual([]);
  expect(town.oracle.deletions.sort()).toEqual(lights(5));
  expect(await town.buckets()).toEqual([]);
}

test('a device that has connected blocks it, and once somebody has deleted that one by hand it finishes (I1, I2)', async () => {
  const town = await standing('Connected');
  site.cloud.emulator.aliyun.connect('light-002', town.productKey);

  const refused = await town.destroy();

  expect(refused).toMatchObject({ code: 1, status: 'DELETE_FAILED' });
  expect(refused.text).toMatch(/1 of the devices that would be deleted .*: light-002; .*\[ActivatedDevices\]/);
  expect(town.oracle.names).toEqual(lights(5));
  // Whatever the batch needs to be deleted is still there.
  expect(await town.buckets()).toHaveLength(1);

  site.cloud.emulator.aliyun.deleteDevice('light-002', town.productKey);
  await expectFinished(town);
});

test('or once it is settled from the shell that those which have connected may go (I1, I11)', async () => {
  const town = await standing('Settled');
  site.cloud.emulator.aliyun.connect('light-002', town.productKey);
  expect(await town.destroy()).toMatchObject({ code: 1, status: 'DELETE_FAILED' });

  const asked = await town.settle();
  expect(asked).toMatchObject({ code: 1, stdout: expect.stringMatching(/light-002.*\[ActivatedDevices\]/) as string });
  expect(town.oracle.names).toEqual(lights(5));

  const [{ batchId } = { batchId: '' }] = await town.status();
  expect(await town.settle('--delete-activated', batchId)).toMatchObject({ code: 0 });
  expect(town.oracle.names).toEqual([]);
  await expectFinished(town);
});

test('a device that the cloud refuses to delete fails it when all others are gone, and the next one deletes the rest (I2, I11)', async () => {
  const town = await standing('Bound');
  const reason = 'the device is bound to a gateway';
  const refusal: Fault = { kind: 'businessError', code: 'iot.device.DeviceBound', message: reason };
  site.cloud.emulator.faults.add({ operation: 'DeleteDevice', after: 2, times: 1, fault: refusal });

  const failed = await town.destroy();

  expect(failed).toMatchObject({ code: 1, status: 'DELETE_FAILED' });
  expect(failed.text).toMatch(
    /1 of 5 devices could not be deleted: light-00\d \(.*bound to a gateway.*\[DevicesNotDeleted\]/,
  );
  expect(town.oracle.names).toHaveLength(1);

  await expectFinished(town);
});

test.each<[string, string, Fault]>([
  ['is down', 'Outage', { kind: 'badGateway' }],
  ['throttles every call', 'Throttled', { kind: 'throttle' }],
])('a cloud that %s fails it in time, and the next one goes on where it was (I2, I6, I8)', async (_, name, fault) => {
  const town = await standing(name, { timeout: Duration.seconds(65) });
  site.cloud.emulator.faults.add({ operation: 'DeleteDevice', after: 2, fault });

  const failed = await town.destroy();

  expect(failed).toMatchObject({ code: 1, status: 'DELETE_FAILED' });
  expect(failed.text).toMatch(/every call failed for \d+ s, last deleting devices: .*\[CloudUnavailable\]/);
  expect(town.oracle.names).toHaveLength(3);

  site.cloud.emulator.faults.clear();
  await expectFinished(town);
});
