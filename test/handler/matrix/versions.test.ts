import { lights } from '../../support/world';
import { row } from './row';
import type { Stage } from './stage';

row('901-without-version', async (stage) => {
  await inOrder(stage, 'create', 'update', 'cleanup', 'delete');
  return { ours: [] };
});

row('902-back-to-old-shape', async (stage) => {
  await inOrder(stage, 'create', 'update', 'back', 'cleanup');
  expect(stage.id('back')).toBe(stage.id('create'));
  return { ours: lights(3) };
});

row('903-unknown-members', async (stage) => {
  await inOrder(stage, 'create', 'update', 'cleanup', 'delete');
  return { ours: [] };
});

row('904-newer-minor', async (stage) => {
  await inOrder(stage, 'create', 'update', 'cleanup');
  return { ours: lights(3, 3) };
});

row('905-newer-major', async (stage) => {
  await stage.succeeds('create');
  await stage.fails('update', /version 2.*\[NewerOptions\]/);
  await stage.succeeds('back');
  expect(stage.id('back')).toBe(stage.id('create'));
  return { ours: lights(3) };
});

row('906-newer-major-create', async (stage) => {
  await stage.fails('create', /version 2.*\[NewerOptions\]/);
  await stage.succeeds('delete');
  return { ours: [] };
});

row('907-newer-major-delete', async (stage) => {
  await inOrder(stage, 'create', 'delete');
  return { ours: [] };
});

row('908-record-with-unknown-fields', async (stage) => {
  await stage.succeeds('create');
  const written = await editHead(stage, (head) => void addToAll(head, 'novelty', 'of a later version'));
  expect(written).toBeGreaterThan(10);
  await inOrder(stage, 'update', 'cleanup', 'policy');
  const { generations, requests, ...head } = stage.head();
  const [first] = generations;
  expect(head).toMatchObject({ novelty: 'of a later version' });
  // The first generation is gone by now, and its request over: only what is of no use any more was left out.
  for (const kept of [
    first,
    first?.cloud,
    Object.values(first?.cloud ?? {})[0],
    first?.access,
    first?.policy,
    first?.names,
  ]) {
    expect(kept).toMatchObject({ novelty: 'of a later version' });
  }
  expect(requests[0]).toMatchObject({ novelty: 'of a later version', outcome: { novelty: 'of a later version' } });
  return { ours: lights(3, 3) };
});

row('909-record-of-newer-major', async (stage) => {
  await inOrder(stage, 'create', 'update');
  await editHead(stage, (head) => void (head.version = 2));
  await stage.fails('back', /version 2.*\[NewerRecord\]/);
  await stage.fails('delete', /version 2.*\[NewerRecord\]/);
  expect(stage.world.devices()).toEqual(lights(5));
  await editHead(stage, (head) => void (head.version = 1));
  await stage.succeeds('again');
  return { ours: lights(3) };
});

row('910-neighbours-record-of-newer-major', async (stage) => {
  await inOrder(stage, 'create', 'other');
  await editHead(stage, (head) => void (head.version = 2), 'Other');
  await stage.fails('update', /version 2.*\[NewerRecord\]/);
  await stage.succeeds('back');
  await editHead(stage, (head) => void (head.version = 1), 'Other');
  return { ours: [...lights(3), 'other-1'] };
});

row('911-swapped-scalars', async (stage) => {
  await stage.succeeds('create');
  const began = stage.world.clock.now();
  await stage.succeeds('update');
  await stage.succeeds('back');
  expect(stage.world.clock.now() - began).toBeLessThan(30_000);
  return { ours: lights(3) };
});

async function inOrder(stage: Stage, ...events: string[]): Promise<void> {
  for (const event of events) await stage.succeeds(event);
}

/** Changes the record of a batch, as another version of the handler might write it. */
async function editHead(stage: Stage, change: (head: Record<string, unknown>) => void, name?: string): Promise<number> {
  const key = stage.headKey(name);
  const head = JSON.parse(stage.world.store.text(key) ?? 'null') as Record<string, unknown>;
  change(head);
  const text = JSON.stringify(head);
  await stage.world.store.put(key, text);
  return text.split('novelty').length - 1;
}

function addToAll(value: unknown, name: string, text: string): void {
  if (typeof value !== 'object' || value === null) return;
  for (const member of Object.values(value)) addToAll(member, name, text);
  if (!Array.isArray(value)) Object.assign(value, { [name]: text });
}
