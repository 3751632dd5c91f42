import { awsError } from '../../support/aws-errors';
import { lights } from '../../support/world';
import { row, rowWhereDevicesAreTold } from './row';
import type { Stage } from './stage';

row('1101-stack-deleted', async (stage) => {
  const { PhysicalResourceId } = await stage.succeeds('store');
  expect(PhysicalResourceId).toBe('the-store-of-the-stack-contents');
  await stage.succeeds('create');
  await stage.succeeds('delete');
  expect(keys(stage)).not.toEqual([]);
  await stage.succeeds('empty');
  expect(keys(stage)).toEqual([]);
  return { ours: [] };
});

rowWhereDevicesAreTold('1102-last-batch-and-provider-leave', async (stage) => {
  await createdWithOneConnected(stage);
  for (const event of ['delete1', 'delete2', 'delete3']) await stage.fails(event, /\[ActivatedDevices\]/);
  const before = keys(stage);
  const reason =
    /batch b[0-9a-f]{16} \(3 devices falling\).*npx iot-device-batch settle s3:\/\/the-store-of-the-stack.*\[StoreInUse\]/;
  for (const event of ['empty1', 'empty2', 'empty3']) await stage.fails(event, reason);
  expect(keys(stage)).toEqual(before);
  return { ours: [], left: lights(3), owed: ['StreetLights falling'] };
});

rowWhereDevicesAreTold('1103-refused-then-finished', async (stage) => {
  await createdWithOneConnected(stage);
  for (const event of ['delete1', 'delete2', 'delete3']) await stage.fails(event, /\[ActivatedDevices\]/);
  await stage.fails('empty', /\[StoreInUse\]/);
  stage.deleteByHand('light-002');
  await stage.succeeds('delete');
  await stage.succeeds('emptyAgain');
  expect(keys(stage)).toEqual([]);
  return { ours: [] };
});

row('1104-bucket-retained', async (stage) => {
  for (const event of ['store', 'create', 'delete']) await stage.succeeds(event);
  const before = keys(stage);
  await stage.succeeds('empty');
  expect(keys(stage)).toEqual(before);
  expect(before.filter((key) => key.startsWith('released/'))).not.toEqual([]);
  return { ours: [], foreign: lights(3) };
});

row('1105-no-longer-retained', async (stage) => {
  for (const event of ['store', 'create']) await stage.succeeds(event);
  const { PhysicalResourceId } = await stage.succeeds('changed');
  expect(PhysicalResourceId).toBe(stage.id('store'));
  await stage.succeeds('delete');
  await stage.succeeds('empty');
  expect(keys(stage)).toEqual([]);
  return { ours: [], foreign: lights(3) };
});

row('1106-invented-id', async (stage) => {
  stage.world.framework.attempts = 2;
  stage.world.framework.disturbResponses('lost', 24);
  expect(await stage.send('store')).toBeUndefined();
  stage.world.framework.attempts = 721;
  await stage.succeeds('empty');
  return { ours: [] };
});

row('1107-twice-at-once', async (stage) => {
  for (const event of ['store', 'create', 'delete']) await stage.succeeds(event);
  stage.world.framework.nextWaiters = 2;
  await Promise.all([stage.succeeds('empty'), stage.succeeds('empty')]);
  expect(keys(stage)).toEqual([]);
  return { ours: [] };
});

row('1108-create-never-begun', async (stage) => {
  await stage.succeeds('store');
  const at = (what: string) => what.startsWith('store put heads/');
  stage.world.lambda.disturb('onEvent', { kind: 'crashed', at, after: true });
  await stage.fails('create', /Runtime exited/);
  await stage.succeeds('delete');
  expect(stage.head().generations.map(({ phase }) => phase)).toEqual(['rising']);
  await stage.succeeds('empty');
  expect(keys(stage)).toEqual([]);
  return { ours: [] };
});

row('1109-update-that-brought-it-rolled-back', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('store');
  const before = keys(stage);
  for (const event of ['empty1', 'empty2', 'empty3'])
    await stage.fails(event, /\(3 devices standing\).*\[StoreInUse\]/);
  expect(keys(stage)).toEqual(before);
  return { ours: lights(3) };
});

row('1110-killed', async (stage) => {
  for (const event of ['store', 'create', 'delete']) await stage.succeeds(event);
  const at = (what: string) => what.startsWith('store delete heads/');
  stage.world.lambda.disturb('isComplete', { kind: 'outOfMemory', at });
  await stage.fails('empty', /signal: killed/);
  expect(keys(stage)).toEqual([stage.headKey()]);
  await stage.succeeds('again');
  expect(keys(stage)).toEqual([]);
  return { ours: [] };
});

row('1111-store-away', async (stage) => {
  for (const event of ['store', 'create', 'delete']) await stage.succeeds(event);
  for (let i = 0; i < 100; i++) await stage.world.store.put(`names/${i}.json`, '[]');
  const { store, clock } = stage.world;
  const back = clock.now() + 420_000;
  const remove = store.delete.bind(store);
  store.delete = async (key) => {
    if (clock.now() < back) throw awsError('ServiceUnavailable', 503);
    // Each takes a minute: more than one invocation has time for.
    await clock.sleep(60_000);
    await remove(key);
  };
  await stage.succeeds('empty');
  expect(stage.world.lambda.begun.isComplete).toBeGreaterThan(4);
  expect(keys(stage)).toEqual([]);
  return { ours: [] };
});

row('1112-bucket-gone', async (stage) => {
  await stage.succeeds('store');
  stage.world.store.list = async () => {
    throw awsError('NoSuchBucket', 404);
  };
  await stage.succeeds('empty');
  return { ours: [] };
});

const keys = (stage: Stage): string[] => [...stage.world.store.objects.keys()].sort();

async function createdWithOneConnected(stage: Stage): Promise<void> {
  await stage.succeeds('store');
  await stage.succeeds('create');
  stage.connect('light-002');
}
