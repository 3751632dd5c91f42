import { lights } from '../../support/world';
import { row, rowOnEveryApi, rowWhereDevicesAreTold } from './row';

rowOnEveryApi('101-whole-life', async (stage) => {
  await stage.succeeds('create');
  const before = stage.identities;
  await stage.succeeds('update');
  expect(stage.id('update')).not.toBe(stage.id('create'));
  expect(stage.world.devices()).toEqual(lights(5));
  await stage.succeeds('cleanup');
  expect(stage.identities).toMatchObject({ 'light-003': before['light-003'] });
  expect(stage.world.devices()).toEqual(lights(3, 3));
  await stage.succeeds('delete');
  return { ours: [] };
});

row('102-create-fails', async (stage) => {
  stage.world.seed('light-002');
  await stage.fails('create', /light-002.*\[DevicesExist\]/);
  await stage.succeeds('delete');
  return { ours: [], foreign: ['light-002'] };
});

row('103-create-fails-in-part', async (stage) => {
  stage.fault({ kind: 'failCreate', names: ['light-002'] });
  await stage.fails('create', /light-002.*rolled back the other 2 devices \[DevicesNotRegistered\]/);
  await stage.succeeds('delete');
  return { ours: [] };
});

row('104-policy-only', async (stage) => {
  await stage.succeeds('create');
  const calls = stage.world.calls().length;
  await stage.succeeds('update');
  expect(stage.id('update')).toBe(stage.id('create'));
  expect(stage.world.calls()).toHaveLength(calls);
  return { ours: lights(3) };
});

row('105-reorder', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('update');
  expect(stage.id('update')).toBe(stage.id('create'));
  return { ours: lights(2) };
});

row('106-other-product', async (stage) => {
  await stage.succeeds('create');
  await stage.succeeds('update');
  expect(stage.world.devices()).toEqual(lights(3));
  await stage.succeeds('cleanup');
  return { ours: [], elsewhere: lights(3) };
});

row('107-other-product-and-back', async (stage) => {
  for (const event of ['create', 'update', 'cleanup', 'back', 'cleanupBack']) await stage.succeeds(event);
  expect(new Set(['create', 'update', 'back'].map((event) => stage.id(event))).size).toBe(3);
  return { ours: lights(3) };
});

rowWhereDevicesAreTold('108-delete-fails', async (stage) => {
  await stage.succeeds('create');
  stage.connect('light-002');
  await stage.fails('delete', /light-002.*\[ActivatedDevices\]/);
  expect(stage.world.devices()).toEqual(lights(3));
  stage.deleteByHand('light-002');
  await stage.succeeds('again');
  return { ours: [] };
});

row('109-wrong-create', async (stage) => {
  await stage.fails('create', /"no!".*\[InvalidDevices\]/);
  const began = { ...stage.world.lambda.begun };
  await stage.succeeds('delete');
  expect(stage.world.lambda.begun).toEqual(began);
  expect(stage.world.store.objects.size).toBe(0);
  return { ours: [] };
});

row('110-wrong-update', async (stage) => {
  await stage.succeeds('create');
  await stage.fails('update', /\[InvalidDevices\]/);
  await stage.succeeds('back');
  expect(stage.id('back')).toBe(stage.id('create'));
  return { ours: lights(3) };
});

row('111-strings', async (stage) => {
  await stage.succeeds('create');
  expect(stage.world.devices()).toEqual(['lamp-0009', 'lamp-0010']);
  stage.connect('lamp-0009');
  await stage.succeeds('delete');
  return { ours: [] };
});

rowOnEveryApi('112-rename', async (stage) => {
  await stage.succeeds('create');
  const before = stage.identities;
  await stage.succeeds('renamed');
  await stage.succeeds('delete');
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

row('113-rename-rolled-back', async (stage) => {
  await stage.succeeds('create');
  const before = stage.identities;
  await stage.succeeds('renamed');
  await stage.succeeds('delete');
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

row('114-never-created', async (stage) => {
  await stage.succeeds('other');
  await stage.succeeds('delete');
  return { ours: lights(3) };
});

rowOnEveryApi('115-secrets-move', async (stage) => {
  await stage.succeeds('create');
  const before = stage.identities;
  await stage.succeeds('update');
  await stage.succeeds('cleanup');
  const { store, secrets } = stage.world;
  expect([...store.objects.keys()].filter((key) => key.startsWith('credentials/'))).toEqual([]);
  expect(secrets.secrets.size).toBe(3);
  await stage.succeeds('none');
  await stage.succeeds('cleanupAgain');
  expect(secrets.secrets.size).toBe(0);
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});
