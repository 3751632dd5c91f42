import { generateNames } from '../../../lib/batch/contract';
import { aliyun } from '../../support/tested-clouds';
import { lights } from '../../support/world';
import { row, rowOnEveryApi } from './row';
import type { Stage } from './stage';

rowOnEveryApi('1001-adopted-then-deleted', async (stage) => {
  const theirs = strangers(stage, 'light-002');
  await stage.succeeds('create');
  await stage.succeeds('delete');
  expect(stage.identities).toEqual(theirs);
  return { ours: [], foreign: ['light-002'] };
});

rowOnEveryApi('1002-adopting-fails', async (stage) => {
  const theirs = strangers(stage, 'light-002');
  stage.fault({ kind: 'failCreate', names: ['light-003'] });
  await stage.fails('create', /light-003.*\[DevicesNotRegistered\]/);
  await stage.succeeds('delete');
  expect(stage.identities).toEqual(theirs);
  return { ours: [], foreign: ['light-002'] };
});

rowOnEveryApi('1003-adopted-leaves', async (stage) => {
  const theirs = strangers(stage, 'light-001');
  await inOrder(stage, 'create', 'update', 'cleanup', 'back', 'cleanupBack');
  expect(stage.identities).toMatchObject(theirs);
  await stage.succeeds('delete');
  expect(stage.identities).toEqual(theirs);
  return { ours: [], foreign: ['light-001'] };
});

rowOnEveryApi('1004-adopting-rolled-back', async (stage) => {
  await stage.succeeds('create');
  const before = { ...stage.identities, ...strangers(stage, 'light-004') };
  await inOrder(stage, 'update', 'back', 'cleanup');
  expect(stage.identities).toEqual(before);
  return { ours: lights(3), foreign: ['light-004'] };
});

rowOnEveryApi('1005-retained', async (stage) => {
  await stage.succeeds('create');
  const before = stage.identities;
  await stage.succeeds('delete');
  expect(stage.identities).toEqual(before);
  await stage.succeeds('again');
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

rowOnEveryApi('1006-retained-then-listed-elsewhere', async (stage) => {
  await stage.succeeds('create');
  const before = stage.identities;
  await inOrder(stage, 'update', 'cleanup', 'other', 'deleteOther');
  expect(stage.identities).toEqual(before);
  return { ours: lights(2), foreign: ['light-003'] };
});

rowOnEveryApi('1007-retain-rolled-back', async (stage) => {
  await inOrder(stage, 'create', 'update', 'back', 'delete');
  return { ours: [] };
});

rowOnEveryApi('1008-retain-and-failure', async (stage) => {
  stage.fault({ kind: 'failCreate', names: ['light-002'] });
  await stage.fails('create', /\[DevicesNotRegistered\]/);
  await stage.succeeds('delete');
  return { ours: [] };
});

rowOnEveryApi('1009-kept-then-fixed', async (stage) => {
  await stage.succeeds('create');
  const kept = await keptDevice(stage);
  await inOrder(stage, 'back', 'fixed', 'cleanup');
  expect(stage.identities).toMatchObject(kept);
  return { ours: lights(5) };
});

rowOnEveryApi('1010-kept-after-roll-back', async (stage) => {
  await stage.succeeds('create');
  const kept = await keptDevice(stage);
  await stage.succeeds('back');
  expect(stage.id('back')).toBe(stage.id('create'));
  expect(stage.identities).toMatchObject(kept);
  return { ours: lights(3), kept: ['light-004'] };
});

rowOnEveryApi('1011-kept-under-its-own-id', async (stage) => {
  await stage.succeeds('create');
  const kept = await keptDevice(stage);
  stage.useId('kept id', stage.head().generations.find(({ phase }) => phase === 'failed')?.id as string);
  await inOrder(stage, 'back', 'undone');
  expect(stage.identities).toMatchObject(kept);
  await inOrder(stage, 'fixed', 'cleanup');
  expect(stage.identities).toMatchObject(kept);
  return { ours: lights(5) };
});

rowOnEveryApi('1012-kept-then-deleted', async (stage) => {
  await stage.succeeds('create');
  await keptDevice(stage);
  await stage.succeeds('delete');
  return { ours: [] };
});

rowOnEveryApi('1013-kept-then-given-up', async (stage) => {
  await stage.succeeds('create');
  await keptDevice(stage);
  await inOrder(stage, 'back', 'next', 'cleanup');
  return { ours: lights(2) };
});

rowOnEveryApi('1014-kept-joins-neighbour', async (stage) => {
  await stage.succeeds('create');
  const kept = await keptDevice(stage);
  await inOrder(stage, 'back', 'other');
  expect(stage.identities).toMatchObject(kept);
  return { ours: lights(4), kept: ['light-004'] };
});

rowOnEveryApi('1015-generated-lost-answer', async (stage) => {
  stage.fault({ kind: 'drop', when: 'after' }, { operation: stage.cloud.operations.create, times: 1 });
  stage.fault({ kind: 'drop', when: 'after' }, { operation: stage.cloud.operations.status, times: 3 });
  await stage.succeeds('create');
  expect(stage.world.devices()).toEqual(generated(stage, 3));
  await stage.succeeds('delete');
  return { ours: [] };
});

rowOnEveryApi(
  '1016-generated-killed',
  async (stage) => {
    const at = (what: string) => what === `cloud ${stage.cloud.operations.create}`;
    stage.world.lambda.disturb('isComplete', { kind: 'timedOut', at, after: true });
    await stage.fails('create', /Task timed out/);
    await stage.wait(1_200);
    expect(stage.world.devices()).toEqual(generated(stage, 3));
    await stage.succeeds('delete');
    return { ours: [] };
  },
  { jobs: { lifeMs: 600_000 } },
);

rowOnEveryApi('1017-generated-life', async (stage) => {
  await stage.succeeds('create');
  const before = stage.identities;
  await inOrder(stage, 'update', 'back', 'cleanup');
  expect(stage.identities).toEqual(before);
  await inOrder(stage, 'again', 'cleanupAgain');
  expect(stage.identities).toMatchObject(before);
  expect(stage.world.devices()).toEqual(generated(stage, 4));
  await stage.succeeds('delete');
  return { ours: [] };
});

rowOnEveryApi('1018-from-job', async (stage) => {
  await stage.succeeds('other');
  const [job] = stage.cloud.jobs(stage.world.emulator.emulator);
  stage.useId('job of other', job as string);
  await stage.succeeds('create');
  expect(stage.world.framework.responses.at(-1)).toContain(`"JobIds":"${job}"`);
  await stage.succeeds('delete');
  return { ours: lights(3) };
});

row(
  '1019-assigned-lost-answer',
  async (stage) => {
    stage.fault({ kind: 'drop', when: 'after' }, { operation: 'BatchRegisterDevice', times: 1 });
    await stage.fails('create', /cannot be proven this batch's.*\[OutcomeUnknown\]/);
    await stage.succeeds('delete');
    return { ours: [], foreign: stage.world.devices() };
  },
  { on: [aliyun] },
);

/** Devices that somebody else has registered. */
function strangers(stage: Stage, ...names: string[]): Stage['identities'] {
  for (const name of names) stage.world.seed(name);
  return Object.fromEntries(names.map((name) => [name, stage.identities[name] as string]));
}

/** An Update to five devices, of which the cloud refuses the last. Returns the new one that is kept. */
async function keptDevice(stage: Stage): Promise<Stage['identities']> {
  stage.fault({ kind: 'failCreate', names: ['light-005'] }, { times: 1 });
  await stage.fails('update', /light-005.*the other 1 device was kept.*\[DevicesNotRegistered\]/);
  expect(stage.world.devices()).toEqual(lights(4));
  return { 'light-004': stage.identities['light-004'] as string };
}

/** The names that the batch generates. */
function generated(stage: Stage, count: number): string[] {
  return generateNames(stage.head().batchId, { count, prefix: 'lamp-' }).sort();
}

async function inOrder(stage: Stage, ...events: string[]): Promise<void> {
  for (const event of events) await stage.succeeds(event);
}
