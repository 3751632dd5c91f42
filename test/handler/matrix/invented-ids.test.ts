import { lights } from '../../support/world';
import { row } from './row';
import type { Stage } from './stage';

row('301-after', async (stage) => {
  await unheard(stage, 'create');
  expect(stage.world.devices()).toEqual(lights(3));
  await stage.succeeds('delete');
  return { ours: [] };
});

row('302-during', async (stage) => {
  const create = stage.fails('create', /\[Superseded\]/);
  await stage.untilCalled(stage.cloud.operations.create);
  await stage.succeeds('delete');
  await create;
  return { ours: [] };
});

row('303-before', async (stage) => {
  const remove = stage.succeeds('delete');
  await stage.wait(30);
  await stage.fails('create', /\[Superseded\]/);
  await remove;
  expect(stage.world.calls()).toHaveLength(0);
  return { ours: [] };
});

row('304-sibling-fails-during', async (stage) => {
  await stage.succeeds('create');
  await stage.wait(1);
  await stage.succeeds('delete');
  return { ours: [] };
});

row('305-known', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('update');
  const began = stage.world.clock.now();
  await stage.succeeds('delete');
  expect(stage.world.clock.now() - began).toBeGreaterThanOrEqual(60_000);
  return { ours: lights(3) };
});

row('306-created-again', async (stage) => {
  await unheard(stage, 'create');
  await stage.succeeds('delete');
  await stage.succeeds('again');
  return { ours: lights(5) };
});

row('307-twice', async (stage) => {
  await unheard(stage, 'create');
  await stage.succeeds('delete');
  await stage.succeeds('deleteAgain');
  return { ours: [] };
});

row('308-after-failure', async (stage) => {
  stage.fault({ kind: 'failCreate', names: ['light-002'] });
  await unheard(stage, 'create');
  await stage.succeeds('delete');
  return { ours: [] };
});

row('309-update-unheard', async (stage) => {
  await stage.succeeds('create');
  const before = stage.identities;
  await unheard(stage, 'update');
  await stage.succeeds('back');
  expect(stage.id('back')).toBe(stage.id('create'));
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

/** Every response to this event is lost, those that the framework sends when the first ones did not arrive included. */
async function unheard(stage: Stage, event: string): Promise<void> {
  stage.world.framework.attempts = 2;
  // Twice as SUCCESS and as FAILED, six times each; and once more when the waiter gives up.
  stage.world.framework.disturbResponses('lost', 24);
  expect(await stage.send(event)).toBeUndefined();
}
