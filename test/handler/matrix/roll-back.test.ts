import { awsError } from '../../support/aws-errors';
import { lights } from '../../support/world';
import { row, rowWhereDevicesAreTold } from './row';
import type { Stage } from './stage';

row('201-update-fails', async (stage) => {
  stage.world.seed('light-005');
  const before = await created(stage);
  await stage.fails('update', /light-005.*\[DevicesExist\]/);
  expect(stage.id('update')).toBe(stage.id('create'));
  await stage.succeeds('back');
  expect(stage.id('back')).toBe(stage.id('create'));
  expect(stage.identities).toMatchObject(before);
  return { ours: lights(3), foreign: ['light-005'] };
});

row('202-update-fails-in-part', async (stage) => {
  const before = await failedUpdate(stage);
  await stage.succeeds('back');
  expect(stage.id('back')).toBe(stage.id('create'));
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

row('203-sibling-fails-after-create', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('delete');
  return { ours: [] };
});

row('204-sibling-fails-after-update', async (stage) => {
  const before = await created(stage);
  await stage.succeeds('update');
  await stage.succeeds('back');
  expect(stage.id('back')).toBe(stage.id('create'));
  await stage.succeeds('cleanup');
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

row('205-sibling-fails-old-id', async (stage) => {
  const before = await created(stage);
  await stage.succeeds('update');
  await stage.succeeds('back');
  expect(stage.id('back')).toBe(stage.id('create'));
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

row('206-only-deleted', async (stage) => {
  const before = await created(stage);
  await stage.succeeds('update');
  await stage.succeeds('delete');
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

row('207-cancelled', async (stage) => {
  const before = await created(stage);
  const update = stage.fails('update', /\[Superseded\]/);
  await stage.untilCalled(stage.cloud.operations.create);
  await stage.succeeds('back');
  await update;
  expect(stage.id('back')).toBe(stage.id('create'));
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

row('208-deleted-after-failure', async (stage) => {
  await failedUpdate(stage);
  await stage.succeeds('delete');
  return { ours: [] };
});

row('209-cancelled-twice', async (stage) => {
  const before = await created(stage);
  for (const [event, back] of [
    ['update', 'back'],
    ['again', 'backAgain'],
  ] as const) {
    const update = stage.fails(event, /\[Superseded\]/);
    await stage.untilCalled(stage.cloud.operations.create);
    await stage.succeeds(back);
    await update;
    expect(stage.identities).toEqual(before);
  }
  await stage.succeeds('third');
  await stage.succeeds('cleanup');
  return { ours: lights(3, 3) };
});

row('210-failed-roll-back', async (stage) => {
  await failedRollBack(stage);
  await stage.succeeds('delete');
  return { ours: [] };
});

row('211-failed-roll-back-after-acceptance', async (stage) => {
  await failedUpdate(stage);
  stage.world.lambda.disturb('isComplete', { kind: 'outOfMemory', at: (what) => what.startsWith('store put heads/') });
  await stage.fails('back', /signal: killed/);
  await stage.succeeds('delete');
  return { ours: [] };
});

row('212-failed-roll-back-of-success', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('update');
  stage.world.lambda.disturb('onEvent', { kind: 'throttled' }, 6);
  await stage.fails('back', /Rate Exceeded/);
  await stage.succeeds('delete');
  await stage.succeeds('cleanup');
  return { ours: [] };
});

row('213-roll-back-continued', async (stage) => {
  const before = await failedRollBack(stage);
  await stage.succeeds('again');
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

row('214-late-update', async (stage) => {
  const before = await created(stage);
  const began = stage.world.clock.now();
  const back = stage.succeeds('back');
  await stage.wait(20);
  await stage.fails('update', /\[Superseded\]/);
  await back;
  expect(stage.world.clock.now() - began).toBeLessThan(30_000);
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

row('215-unexpected-old-properties', async (stage) => {
  await stage.succeeds('create');
  const began = stage.world.clock.now();
  await stage.succeeds('update');
  expect(stage.world.clock.now() - began).toBeGreaterThanOrEqual(60_000);
  await stage.succeeds('cleanup');
  return { ours: lights(5) };
});

rowWhereDevicesAreTold('216-policy-rolled-back', async (stage) => {
  await stage.succeeds('create');
  stage.connect('light-001');
  await stage.succeeds('update');
  await stage.succeeds('back');
  await stage.fails('delete', /light-001.*\[ActivatedDevices\]/);
  return { ours: [], left: lights(3), owed: ['StreetLights falling'] };
});

rowWhereDevicesAreTold('217-names-and-policy-rolled-back', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('update');
  stage.connect('light-002');
  await stage.succeeds('back');
  await stage.succeeds('cleanup');
  await stage.fails('delete', /light-002.*\[ActivatedDevices\]/);
  return { ours: [], left: lights(3), owed: ['StreetLights falling'] };
});

rowWhereDevicesAreTold('218-cleanup-with-looser-policy', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('update');
  stage.connect('light-001');
  await stage.fails('cleanup', /light-001.*\[ActivatedDevices\]/);
  return { ours: lights(3, 3), left: lights(2), owed: ['StreetLights falling'] };
});

rowWhereDevicesAreTold('219-cleanup-with-stricter-policy', async (stage) => {
  await stage.succeeds('create');
  stage.connect('light-001');
  await stage.succeeds('update');
  await stage.succeeds('cleanup');
  return { ours: lights(3, 3) };
});

row('220-product-rolled-back', async (stage) => {
  const before = await created(stage);
  await stage.succeeds('update');
  await stage.succeeds('back');
  await stage.succeeds('cleanup');
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

row('221-changed-again-after-roll-back', async (stage) => {
  for (const event of ['create', 'update', 'back', 'cleanup', 'again', 'cleanupAgain']) await stage.succeeds(event);
  return { ours: lights(3, 3) };
});

rowWhereDevicesAreTold('222-activated-at-roll-back', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('update');
  stage.connect('light-005');
  await stage.succeeds('back');
  await stage.fails('cleanup', /light-005.*\[ActivatedDevices\]/);
  return { ours: lights(3), left: lights(2, 4), owed: ['StreetLights falling'] };
});

// Nobody has been told of it: a change's own new devices may always be taken back.
rowWhereDevicesAreTold('223-activated-at-cancellation', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('update');
  stage.connect('light-005');
  await stage.succeeds('back');
  return { ours: lights(3) };
});

row('224-secrets-rolled-back', async (stage) => {
  const before = await created(stage);
  await stage.succeeds('update');
  expect(stage.world.secrets.secrets.size).toBe(3);
  await stage.succeeds('back');
  expect(stage.id('back')).toBe(stage.id('create'));
  await stage.succeeds('cleanup');
  expect(stage.world.secrets.secrets.size).toBe(0);
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

row('225-secrets-refused', async (stage) => {
  const before = await created(stage);
  stage.world.secrets.trouble = (call) =>
    /^create .*light-004$/.test(call) ? awsError('LimitExceededException', 400) : undefined;
  await stage.fails('update', /light-004.*LimitExceeded.*rolled back the other 2 devices \[SecretsFailed\]/);
  await stage.succeeds('back');
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

async function created(stage: Stage): Promise<Stage['identities']> {
  await stage.succeeds('create');
  return stage.identities;
}

/** An Update that the cloud fails for one device. */
async function failedUpdate(stage: Stage): Promise<Stage['identities']> {
  stage.fault({ kind: 'failCreate', names: ['light-004'] });
  const before = await created(stage);
  await stage.fails('update', /light-004.*\[DevicesNotRegistered\]/);
  return before;
}

/** And a roll-back that never reaches the handler. */
async function failedRollBack(stage: Stage): Promise<Stage['identities']> {
  const before = await failedUpdate(stage);
  stage.world.lambda.disturb('onEvent', { kind: 'throttled' }, 6);
  await stage.fails('back', /Rate Exceeded/);
  return before;
}
