/** Batches with keys of their own, under enforced IAM: a grant is there for as long as something has to be done with it. */
import { lights, Oracle } from './harness/oracle';
import { ScriptedResource } from './harness/scripted-resource';
import { Site } from './harness/site';
import { newProduct, Town, withSibling } from './harness/town';

jest.setTimeout(300_000);

let site: Site;
let scripted: ScriptedResource;
/** The ARNs of two secrets, and the cloud's ids of the keys in them. */
let one: { secret: string; keyId: string };
let two: { secret: string; keyId: string };

beforeAll(async () => {
  site = await Site.open({ enforceIam: true });
  scripted = await ScriptedResource.listen();
  one = { secret: await site.putKeys('keys-one'), keyId: site.cloud.aliyun.accessKeyId };
  const key = { accessKeyId: 'LTAIOfTheSecondAccount', accessKeySecret: 'SecretOfTheSecondAccount' };
  site.cloud.emulator.aliyun.seed({ keys: [key] });
  two = { secret: await site.putKeys('keys-two', key), keyId: key.accessKeyId };
});
afterAll(async () => {
  await scripted?.close();
  await site?.close();
});

/** The keys that devices were registered or deleted with since the last call. */
function keysUsed(): string[] {
  const calls = site.cloud.emulator.journal.calls().filter(({ seq }) => seq > lastSeq);
  lastSeq = site.cloud.emulator.journal.calls().at(-1)!.seq;
  const changing = calls.filter(({ operation, code }) => /^(BatchRegister|DeleteDevice)/.test(operation) && !code);
  return [...new Set(changing.map(({ accessKeyId }) => accessKeyId!))];
}
let lastSeq = 0;

test('of two batches each uses its own keys, and the one that is removed still has them to delete its devices (I2)', async () => {
  const town = new Town(site, 'Pair', one.secret);
  const signs = new Oracle(site.cloud, newProduct(site, 'Signs'));
  const Lights = { names: lights(2) };
  const Signs = { names: ['sign-1', 'sign-2'], productKey: signs.product, secret: two.secret };
  expect(await town.create({ Lights, Signs })).toMatchObject({ status: 'CREATE_COMPLETE' });
  expect(keysUsed().sort()).toEqual([one.keyId, two.keyId].sort());
  const old = town.oracle.devices;

  expect(await town.update({ Lights })).toMatchObject({ status: 'UPDATE_COMPLETE', reasons: [] });

  expect(signs.names).toEqual([]);
  expect(keysUsed()).toEqual([two.keyId]);
  expect(town.oracle.devices).toEqual(old);
  await town.expectStands('Lights', lights(2));
  await town.expectGone();
});

test('a batch that has moved to another secret is deleted with the new keys (I2)', async () => {
  const town = new Town(site, 'Mover', one.secret);
  await town.create({ Lights: { names: lights(2) } });
  keysUsed();

  const moved = await town.update({ Lights: { names: lights(2), secret: two.secret } });

  expect(moved).toMatchObject({ status: 'UPDATE_COMPLETE', reasons: [] });
  await town.expectGone();
  expect(keysUsed()).toEqual([two.keyId]);
});

test('a batch that moves to another account registers there with the new keys and deletes here with the old (I2)', async () => {
  const town = new Town(site, 'Emigrant', one.secret);
  await town.create({ Lights: { names: lights(2) } });
  keysUsed();
  const abroad = new Oracle(site.cloud, newProduct(site, 'Abroad'));

  const moved = await town.update({
    Lights: { names: lights(2), productKey: abroad.product, secret: two.secret },
  });

  expect(moved).toMatchObject({ status: 'UPDATE_COMPLETE', reasons: [] });
  expect(keysUsed()).toEqual([two.keyId, one.keyId]);
  expect(town.oracle.names).toEqual([]);
  await town.expectStands('Lights', lights(2), abroad);
  await town.expectGone();
  expect(abroad.names).toEqual([]);
});

test('a batch whose move to another account is taken back deletes there with the new keys, and stays here (I1, I2)', async () => {
  const town = new Town(site, 'Returner', one.secret);
  await town.create({ Lights: { names: lights(2) } }, withSibling(scripted, 1));
  const old = town.oracle.devices;
  keysUsed();
  const abroad = new Oracle(site.cloud, newProduct(site, 'Overseas'));
  scripted.failNext('no visa');

  const Lights = { names: lights(2), productKey: abroad.product, secret: two.secret };
  const failed = await town.update({ Lights }, withSibling(scripted, 2));

  expect(failed).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', reasons: ['no visa'] });
  expect(keysUsed()).toEqual([two.keyId]);
  expect([...abroad.creations.keys()]).toEqual(lights(2));
  expect(abroad.names).toEqual([]);
  expect(town.oracle.devices).toEqual(old);
  await town.expectStands('Lights', lights(2));
  await town.expectGone();
});
