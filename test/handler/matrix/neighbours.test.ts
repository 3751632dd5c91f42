import { row } from './row';
import type { Stage } from './stage';

row('601-moved-giver-first', async (stage) => {
  const before = await bothCreated(stage);
  await inOrder(stage, 'updateA', 'updateB', 'cleanupA', 'cleanupB');
  expect(stage.identities).toEqual(before);
  return { ours: ['left-1', 'right-1', 'shared'] };
});

row('602-moved-taker-first', async (stage) => {
  const before = await bothCreated(stage);
  await inOrder(stage, 'updateB', 'updateA', 'cleanupB', 'cleanupA');
  expect(stage.identities).toEqual(before);
  return { ours: ['left-1', 'right-1', 'shared'] };
});

row('603-moved-at-once', async (stage) => {
  const before = await bothCreated(stage);
  await atOnce(stage, 'updateA', 'updateB');
  await atOnce(stage, 'cleanupA', 'cleanupB');
  expect(stage.identities).toEqual(before);
  return { ours: ['left-1', 'right-1', 'shared'] };
});

row('604-moved-and-rolled-back', async (stage) => {
  const before = await bothCreated(stage);
  await inOrder(stage, 'updateA', 'updateB');
  await atOnce(stage, 'backA', 'backB');
  await atOnce(stage, 'undoneA', 'undoneB');
  expect(stage.identities).toEqual(before);
  return { ours: ['left-1', 'right-1', 'shared'] };
});

row('605-taker-fails', async (stage) => {
  const before = await bothCreated(stage);
  stage.world.seed('right-2');
  await stage.succeeds('updateA');
  await stage.fails('updateB', /right-2.*\[DevicesExist\]/);
  await inOrder(stage, 'backB', 'backA', 'undoneA');
  expect(stage.identities).toMatchObject(before);
  return { ours: ['left-1', 'right-1', 'shared'], foreign: ['right-2'] };
});

row('606-giver-fails', async (stage) => {
  const before = await bothCreated(stage);
  stage.world.seed('left-2');
  await stage.succeeds('updateB');
  await stage.fails('updateA', /left-2.*\[DevicesExist\]/);
  await inOrder(stage, 'backA', 'backB', 'undoneB');
  expect(stage.identities).toMatchObject(before);
  return { ours: ['left-1', 'right-1', 'shared'], foreign: ['left-2'] };
});

row('607-one-of-two-fails', async (stage) => {
  const before = await bothCreated(stage);
  stage.fault({ kind: 'failCreate', names: ['right-2'] });
  await Promise.all([stage.succeeds('updateA'), stage.fails('updateB', /right-2.*\[DevicesNotRegistered\]/)]);
  await atOnce(stage, 'backA', 'backB');
  await stage.succeeds('undoneA');
  expect(stage.identities).toEqual(before);
  return { ours: ['left-1', 'right-1', 'shared'] };
});

row('608-swapped', async (stage) => {
  const before = await bothCreated(stage);
  await atOnce(stage, 'updateA', 'updateB');
  await atOnce(stage, 'cleanupA', 'cleanupB');
  expect(stage.identities).toEqual(before);
  return { ours: ['left-1', 'right-1'] };
});

row('609-swapped-and-rolled-back', async (stage) => {
  const before = await bothCreated(stage);
  await atOnce(stage, 'updateA', 'updateB');
  await atOnce(stage, 'backA', 'backB');
  await atOnce(stage, 'undoneA', 'undoneB');
  expect(stage.identities).toEqual(before);
  return { ours: ['left-1', 'right-1'] };
});

row('610-split', async (stage) => {
  await stage.succeeds('createA');
  const before = stage.identities;
  await atOnce(stage, 'createB', 'updateA');
  await stage.succeeds('cleanupA');
  expect(stage.identities).toEqual(before);
  return { ours: ['left-1', 'shared'] };
});

row('611-merged', async (stage) => {
  const before = await bothCreated(stage);
  await stage.succeeds('updateB');
  await atOnce(stage, 'deleteA', 'cleanupB');
  expect(stage.identities).toEqual(before);
  return { ours: ['left-1', 'right-1', 'shared'] };
});

row('612-moved-and-back', async (stage) => {
  const before = await bothCreated(stage);
  await atOnce(stage, 'updateA', 'updateB');
  await atOnce(stage, 'cleanupA', 'cleanupB');
  await atOnce(stage, 'againA', 'againB');
  await atOnce(stage, 'cleanupAgainA', 'cleanupAgainB');
  expect(stage.identities).toEqual(before);
  return { ours: ['left-1', 'right-1', 'shared'] };
});

row('613-stack-deleted-after-move', async (stage) => {
  await bothCreated(stage);
  await inOrder(stage, 'updateA', 'updateB', 'cleanupA', 'cleanupB');
  await atOnce(stage, 'deleteA', 'deleteB');
  return { ours: [] };
});

row('614-stack-deleted-during-move', async (stage) => {
  await bothCreated(stage);
  const updates = ['updateA', 'updateB'].map((event) => stage.fails(event, /\[Superseded\]/));
  await stage.wait(1);
  await atOnce(stage, 'deleteA', 'deleteB');
  await Promise.all(updates);
  return { ours: [] };
});

row('615-created-and-rolled-back-at-once', async (stage) => {
  stage.fault({ kind: 'failCreate', names: ['right-1'] });
  await Promise.all([stage.succeeds('createA'), stage.fails('createB', /right-1.*\[DevicesNotRegistered\]/)]);
  await atOnce(stage, 'deleteA', 'deleteB');
  return { ours: [] };
});

async function bothCreated(stage: Stage): Promise<Stage['identities']> {
  await atOnce(stage, 'createA', 'createB');
  return stage.identities;
}

async function inOrder(stage: Stage, ...events: string[]): Promise<void> {
  for (const event of events) await stage.succeeds(event);
}

async function atOnce(stage: Stage, ...events: string[]): Promise<void> {
  await Promise.all(events.map((event) => stage.succeeds(event)));
}
