import { lights } from '../../support/world';
import { row } from './row';
import type { Stage } from './stage';

row('401-create-twice-at-once', async (stage) => {
  await twiceAtOnce(stage, 'create');
  return { ours: lights(3) };
});

row('402-create-again', async (stage) => {
  await stage.succeeds('create');
  await againInVain(stage, 'create');
  return { ours: lights(3) };
});

row('403-create-after-delete', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('delete');
  await againInVain(stage, 'create');
  return { ours: [] };
});

row('404-create-during-delete', async (stage) => {
  await stage.succeeds('create');
  const remove = stage.succeeds('delete');
  await stage.untilCalled('DeleteDevice');
  await stage.succeeds('create');
  await remove;
  return { ours: [] };
});

row('405-update-twice-at-once', async (stage) => {
  await stage.succeeds('create');
  await twiceAtOnce(stage, 'update');
  await stage.succeeds('cleanup');
  return { ours: lights(3, 3) };
});

row('406-update-again', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('update');
  await againInVain(stage, 'update');
  await stage.succeeds('cleanup');
  await againInVain(stage, 'update');
  return { ours: lights(3, 3) };
});

row('407-update-after-roll-back', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('update');
  await stage.succeeds('back');
  await againInVain(stage, 'update');
  await stage.succeeds('cleanup');
  await againInVain(stage, 'update');
  return { ours: lights(3) };
});

row('408-roll-back-twice-at-once', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('update');
  await twiceAtOnce(stage, 'back');
  await stage.succeeds('cleanup');
  return { ours: lights(3) };
});

row('409-delete-twice-at-once', async (stage) => {
  await stage.succeeds('create');
  await twiceAtOnce(stage, 'delete');
  expect(stage.world.calls('DeleteDevice').filter(({ code }) => !code)).toHaveLength(3);
  return { ours: [] };
});

row('410-delete-again', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('delete');
  await againInVain(stage, 'delete');
  return { ours: [] };
});

row('411-cleanup-after-next-update', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('update');
  await stage.succeeds('cleanup');
  await stage.succeeds('next');
  await againInVain(stage, 'cleanup');
  await stage.succeeds('cleanupNext');
  return { ours: lights(5) };
});

row('412-delete-after-next-create', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('delete');
  await stage.succeeds('again');
  await againInVain(stage, 'delete');
  return { ours: lights(3) };
});

row('413-create-while-another-stands', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('second');
  await stage.succeeds('delete');
  return { ours: lights(3, 3) };
});

row('414-create-while-another-stands-rolled-back', async (stage) => {
  await stage.succeeds('create');
  const before = stage.identities;
  await stage.succeeds('second');
  await stage.succeeds('delete');
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

row('415-superseded-by-delete', async (stage) => {
  await stage.succeeds('create');
  const update = stage.fails('update', /\[Superseded\]/);
  await stage.untilCalled(stage.cloud.operations.create);
  await stage.succeeds('delete');
  await update;
  return { ours: [] };
});

async function twiceAtOnce(stage: Stage, event: string): Promise<void> {
  const registrations = stage.world.calls(stage.cloud.operations.create).length;
  const [first, second] = await Promise.all([stage.succeeds(event), stage.succeeds(event)]);
  expect(second).toEqual(first);
  expect(stage.world.calls(stage.cloud.operations.create).length - registrations).toBeLessThanOrEqual(1);
}

/** The same answer as before, and nothing happens at the cloud. */
async function againInVain(stage: Stage, event: string): Promise<void> {
  const calls = stage.world.calls().length;
  const { PhysicalResourceId } = await stage.succeeds(event);
  expect(stage.id(event)).toBe(PhysicalResourceId);
  expect(stage.world.calls()).toHaveLength(calls);
}
