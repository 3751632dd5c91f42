/** A batch leaves its stack and cannot be deleted: what it owes is not forgotten, whatever else of the stack goes (I11). */
import type { Stack } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DeviceBatchProvider } from '../../lib';
import { lights } from './harness/oracle';
import { Site } from './harness/site';
import { newProduct, Town, type Said } from './harness/town';

jest.setTimeout(240_000);

let site: Site;

beforeAll(async () => {
  site = await Site.open();
});
afterAll(() => site?.close());

const withProvider = (stack: Stack) => void new DeviceBatchProvider(stack, 'DeviceBatchProvider');
const withSomethingElse = (stack: Stack) => void new LogGroup(stack, 'Another');

/** The batch has come, one of its devices has connected, and the batch has gone from the template. */
async function left(name: string, furnish: (stack: Stack) => void): Promise<{ town: Town; updated: Said }> {
  const town = new Town(site, name, await site.putKeys(`keys-of-${name}`), newProduct(site, name), furnish);
  expect(await town.deploy({ Lights: { names: lights(3) } })).toMatchObject({ code: 0, status: 'CREATE_COMPLETE' });
  site.cloud.emulator.aliyun.connect('light-002', town.productKey);
  const updated = await town.deploy({});
  // A clean-up that fails is skipped.
  expect(updated).toMatchObject({ code: 0, status: 'UPDATE_COMPLETE' });
  expect(updated.reasons[0]).toMatch(/light-002.*\[ActivatedDevices\]/);
  expect(town.oracle.names).toEqual(lights(3));
  return { town, updated };
}

/** The records are all there, so that what is owed can be finished from the shell. */
async function expectSettles(town: Town): Promise<void> {
  const [{ batchId, generations } = { batchId: '', generations: [] }] = await town.status();
  expect(generations).toMatchObject([{ phase: 'falling', devices: 3, owed: true }]);
  expect(await town.settle('--delete-activated', batchId)).toMatchObject({ code: 0 });
  expect(town.oracle.names).toEqual([]);
}

test('where its provider leaves with it, in the same update, the bucket stays with the records', async () => {
  const { town, updated } = await left('Leaving', withSomethingElse);

  const [, refusal, full] = updated.reasons;
  expect(refusal).toMatch(/batch b[0-9a-f]{16} \(3 devices falling\).*settle s3:\/\/leaving-.*\[StoreInUse\]/);
  expect(full).toMatch(/bucket you tried to delete is not empty/);
  expect(await town.buckets()).toHaveLength(1);

  await expectSettles(town);
});

test('where its provider stays, the stack is not deleted before it is settled, and then as a whole', async () => {
  const { town, updated } = await left('Leaver', withProvider);
  expect(updated.reasons).toHaveLength(1);
  const functions = (said: Said) => said.resources.filter((id) => id.includes('HandlerIsComplete')).length;

  const refused = await town.destroy();
  expect(refused).toMatchObject({ code: 1, status: 'DELETE_FAILED' });
  expect(refused.text).toMatch(/\(3 devices falling\).*\[StoreInUse\]/);
  // Whatever it needs to try again is still there.
  expect(functions(refused)).toBeGreaterThan(0);
  expect(await town.buckets()).toHaveLength(1);

  await expectSettles(town);
  expect(await town.destroy()).toMatchObject({ code: 0, status: 'DELETE_COMPLETE', resources: [] });
  expect(await town.buckets()).toEqual([]);
});
