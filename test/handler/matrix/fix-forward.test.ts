import { lights } from '../../support/world';
import { row } from './row';
import type { Stage } from './stage';

row('701-create-updated', async (stage) => {
  await oneFails(stage, 'create', 'light-002');
  await stage.succeeds('update');
  await stage.succeeds('cleanup');
  return { ours: lights(3, 3) };
});

row('702-create-created-anew', async (stage) => {
  await oneFails(stage, 'create', 'light-002');
  await stage.succeeds('again');
  await stage.succeeds('delete');
  return { ours: lights(3, 3) };
});

row('703-create-deleted-then-anew', async (stage) => {
  await oneFails(stage, 'create', 'light-002');
  await stage.succeeds('delete');
  await stage.succeeds('again');
  return { ours: lights(3) };
});

row('704-update-fixed', async (stage) => {
  await stage.succeeds('create');
  await oneFails(stage, 'update', 'light-005');
  await stage.succeeds('fixed');
  await stage.succeeds('cleanup');
  return { ours: lights(3, 3) };
});

row('705-update-fixed-old-properties', async (stage) => {
  await stage.succeeds('create');
  await oneFails(stage, 'update', 'light-005');
  await stage.succeeds('fixed');
  await stage.succeeds('cleanup');
  return { ours: lights(3, 3) };
});

row('706-update-fixed-then-rolled-back', async (stage) => {
  await stage.succeeds('create');
  const before = stage.identities;
  await oneFails(stage, 'update', 'light-005');
  await stage.succeeds('fixed');
  await stage.succeeds('back');
  await stage.succeeds('cleanup');
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

row('707-three-failures', async (stage) => {
  await stage.succeeds('create');
  const before = stage.identities;
  for (const event of ['first', 'second', 'third']) await oneFails(stage, event, 'light-004');
  expect(stage.identities).toEqual(before);
  await stage.succeeds('fixed');
  await stage.succeeds('cleanup');
  return { ours: lights(3, 3) };
});

row('708-three-failures-then-rolled-back', async (stage) => {
  await stage.succeeds('create');
  const before = stage.identities;
  for (const event of ['first', 'second']) await oneFails(stage, event, 'light-004');
  await stage.succeeds('back');
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

row('709-two-successes-then-rolled-back', async (stage) => {
  await stage.succeeds('create');
  const before = stage.identities;
  await stage.succeeds('first');
  await stage.succeeds('second');
  await stage.succeeds('back');
  expect(stage.id('back')).toBe(stage.id('create'));
  await stage.succeeds('cleanup');
  await stage.succeeds('cleanupFirst');
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

row('710-two-successes', async (stage) => {
  for (const event of ['create', 'first', 'second', 'cleanup', 'cleanupFirst']) await stage.succeeds(event);
  return { ours: lights(3, 7) };
});

row('711-success-then-policy-only-then-rolled-back', async (stage) => {
  await stage.succeeds('create');
  const before = stage.identities;
  await stage.succeeds('first');
  await stage.succeeds('second');
  expect(stage.id('second')).toBe(stage.id('first'));
  await stage.succeeds('back');
  expect(stage.id('back')).toBe(stage.id('create'));
  await stage.succeeds('cleanup');
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

row('712-success-then-deleted', async (stage) => {
  for (const event of ['create', 'first', 'delete', 'deleteOld']) await stage.succeeds(event);
  return { ours: [] };
});

row('713-success-then-failure-then-deleted', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('first');
  await oneFails(stage, 'second', 'light-001', () => stage.deleteByHand('light-001'));
  await stage.succeeds('delete');
  await stage.succeeds('deleteOld');
  return { ours: [] };
});

row('714-one-cleanup-for-two-successes', async (stage) => {
  for (const event of ['create', 'first', 'second', 'cleanup']) await stage.succeeds(event);
  return { ours: lights(3, 7) };
});

/** The change is refused one device by the cloud, this once. */
async function oneFails(
  stage: Stage,
  event: string,
  name: string,
  before: () => void = () => undefined,
): Promise<void> {
  before();
  stage.fault({ kind: 'failCreate', names: [name] }, { times: 1 });
  await stage.fails(event, new RegExp(`${name}.*\\[DevicesNotRegistered\\]`));
}
