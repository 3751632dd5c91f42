import { lights } from '../../support/world';
import { row, rowOnEveryApi, rowWhereDevicesAreTold } from './row';
import type { Stage } from './stage';

// Operations have 15 minutes.
row('801-create-at-deadline', async (stage) => {
  stage.setJobTime(1_200_000);
  const { Reason } = await stage.fails('create', /time-out.*still works on job \w+.*\[DeadlineReached\]/);
  expect(Reason).toContain('the next operation goes on with it');
  await stage.succeeds('delete');
  return { ours: [] };
});

row('802-update-at-deadline', async (stage) => {
  await stage.succeeds('create');
  const before = stage.identities;
  stage.setJobTime(1_200_000);
  await stage.fails('update', /still works on job \w+.*\[DeadlineReached\]/);
  stage.setJobTime(2_000);
  await stage.succeeds('back');
  await stage.succeeds('again');
  // The job of the first try had to end before the second could begin.
  expect(stage.identities).toMatchObject(before);
  await stage.succeeds('cleanup');
  return { ours: lights(3, 3) };
});

rowOnEveryApi('803-delete-at-deadline-of-job', async (stage) => {
  stage.setJobTime(2_000_000);
  await stage.fails('create', /still works on job \w+.*\[DeadlineReached\]/);
  await stage.fails('delete', /still works on job \w+.*\[JobStillRunning\]/);
  await stage.succeeds('again');
  return { ours: [] };
});

row('804-neighbour-waits-for-job', async (stage) => {
  stage.setJobTime(1_200_000);
  await stage.fails('create', /still works on job \w+.*\[DeadlineReached\]/);
  stage.setJobTime(2_000);
  const began = stage.world.clock.now();
  await stage.succeeds('other');
  expect(stage.world.clock.now() - began).toBeGreaterThan(250_000);
  await stage.succeeds('delete');
  return { ours: lights(3) };
});

rowOnEveryApi('805-cleanup-skipped', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('update');
  refuseToDelete(stage);
  for (const event of ['cleanup1', 'cleanup2', 'cleanup3']) await stage.fails(event, /\[DevicesNotDeleted\]/);
  stage.world.emulator.emulator.faults.clear();
  await stage.succeeds('next');
  return { ours: lights(3, 3) };
});

row('806-cleanup-skipped-neighbour', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('other');
  refuseToDelete(stage);
  for (const event of ['delete1', 'delete2', 'delete3']) await stage.fails(event, /\[DevicesNotDeleted\]/);
  stage.world.emulator.emulator.faults.clear();
  await stage.succeeds('next');
  await stage.succeeds('cleanup');
  return { ours: ['other-1', 'other-2'] };
});

rowWhereDevicesAreTold('807-roll-back-not-blocked', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('other');
  stage.connect('light-002');
  await stage.fails('delete', /light-002.*\[ActivatedDevices\]/);
  await stage.fails('update', /light-002.*\[StillOwed\]/);
  await stage.succeeds('back');
  expect(stage.id('back')).toBe(stage.id('other'));
  return { ours: ['other-1'], left: lights(3), owed: ['StreetLights falling'] };
});

row('808-delete-at-deadline', async (stage) => {
  await stage.succeeds('create');
  stage.fault({ kind: 'throttle' }, { operation: 'DeleteDevice', probability: 0.3 });
  await stage.fails('delete', /; deleted [1-9][\d,]* of 1,200; run it again, it continues.*\[DeadlineReached\]/);
  const left = stage.world.devices().length;
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(1_200);
  stage.world.emulator.emulator.faults.clear();
  await stage.succeeds('again');
  return { ours: [] };
});

row('809-forbidden', async (stage) => {
  stage.cloud.seed(stage.world.emulator.emulator, { denied: ['DeleteDevice'] });
  await stage.fails('create', /\[CloudCallFailed\]/);
  await stage.succeeds('delete');
  expect(stage.world.calls(stage.cloud.operations.open)).toHaveLength(0);
  return { ours: [] };
});

row('810-cloud-away', async (stage) => {
  stage.fault({ kind: 'gatewayError', status: 503, code: 'ServiceUnavailable' }, { after: 8 });
  await stage.fails('create', /every call failed.*\[CloudUnavailable\]/);
  await stage.fails('delete', /every call failed.*\[CloudUnavailable\]/);
  stage.world.emulator.emulator.faults.clear();
  await stage.succeeds('again');
  return { ours: [] };
});

rowWhereDevicesAreTold('811-connected-then-allowed', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('update');
  stage.connect('light-001');
  await stage.fails('cleanup', /light-001.*\[ActivatedDevices\]/);
  await stage.succeeds('allowed');
  return { ours: lights(3, 3) };
});

rowOnEveryApi('812-deleted-by-hand', async (stage) => {
  await stage.succeeds('create');
  stage.deleteByHand('light-002');
  await stage.succeeds('delete');
  return { ours: [] };
});

rowWhereDevicesAreTold('813-replaced-by-hand', async (stage) => {
  await stage.succeeds('create');
  stage.deleteByHand('light-002');
  stage.world.seed('light-002');
  await stage.succeeds('delete');
  return { ours: [], foreign: ['light-002'] };
});

function refuseToDelete(stage: Stage): void {
  const fault = { kind: 'businessError', code: stage.cloud.codes.undeletable } as const;
  stage.fault(fault, { operation: 'DeleteDevice' });
}
