/** Another resource of the stack fails after ours has succeeded: CloudFormation takes everything back. */
import { lights } from './harness/oracle';
import { ScriptedResource } from './harness/scripted-resource';
import { Site } from './harness/site';
import { Town, withSibling } from './harness/town';

jest.setTimeout(120_000);

let site: Site;
let scripted: ScriptedResource;
let secret: string;
let towns = 0;

beforeAll(async () => {
  site = await Site.open();
  scripted = await ScriptedResource.listen();
  secret = await site.putKeys('keys');
});
afterAll(async () => {
  await scripted?.close();
  await site?.close();
});
beforeEach(() => scripted.forget());

const newTown = (): Town => new Town(site, `Sibling${++towns}`, secret);

/** A town that stands, with its sibling. */
async function standingTown(): Promise<Town> {
  const town = newTown();
  const lit = await town.create({ Lights: { names: lights(4) } }, withSibling(scripted));
  expect(lit).toMatchObject({ status: 'CREATE_COMPLETE' });
  return town;
}

/** The next change of the sibling fails. Answers what the cloud will have held by then. */
function failNextChange(town: Town): { seen: string[][] } {
  const seen: string[][] = [];
  scripted.failNext('no power', () => void seen.push(town.oracle.names));
  return { seen };
}

test('when a sibling of a new batch fails, its devices, which all existed by then, are deleted (I2)', async () => {
  const town = newTown();
  const { seen } = failNextChange(town);

  const failed = await town.create({ Lights: { names: lights(4) } }, withSibling(scripted));

  expect(failed).toMatchObject({ status: 'ROLLBACK_COMPLETE', reasons: ['no power'], resources: [] });
  expect(seen).toEqual([lights(4)]);
  expect(town.oracle.names).toEqual([]);
  expect(town.oracle.deletions.sort()).toEqual(lights(4));
  expect(await town.buckets()).toEqual([]);
});

test.each([
  ['grown', lights(6)],
  ['shrunk', lights(2)],
  ['moved on', lights(4, 3)],
  ['replaced', lights(4, 11)],
])(
  'when a sibling fails after the batch has %s, the cloud is as before: the very same devices, none ever deleted (I1, I2)',
  async (_, to) => {
    const town = await standingTown();
    const old = town.oracle.devices;
    const { seen } = failNextChange(town);

    const failed = await town.update({ Lights: { names: to } }, withSibling(scripted, 2));

    expect(failed).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', reasons: ['no power'] });
    expect(seen).toEqual([[...new Set([...lights(4), ...to])].sort()]);
    expect(town.oracle.devices).toEqual(old);
    expect(town.oracle.deletions.sort()).toEqual(to.filter((name) => !old.has(name)));
    await town.expectStands('Lights', lights(4));

    await town.expectGone();
  },
);

test('when a sibling fails, a batch that the update added is taken back, and one that it removed is still there (I1, I2)', async () => {
  const town = await standingTown();
  const old = town.oracle.devices;
  const { seen } = failNextChange(town);

  const failed = await town.update({ Signs: { names: ['sign-1', 'sign-2'] } }, withSibling(scripted, 2));

  expect(failed).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE' });
  expect(seen).toEqual([[...lights(4), 'sign-1', 'sign-2']]);
  expect(town.oracle.devices).toEqual(old);
  await town.expectStands('Lights', lights(4));
  await town.expectGone();
});
