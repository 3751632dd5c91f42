/** The function is killed in the middle of its work: the event that follows goes on from the record (I5). */
import { lights, type Inventory } from './harness/oracle';
import { canFindProcesses, processesWith } from './harness/processes';
import { Site } from './harness/site';
import type { Ending } from './harness/stack';
import { Town, type Change } from './harness/town';
import { until } from './harness/until';

jest.setTimeout(300_000);

/**
 * The lease of a killed function holds until its invocation would have ended, five minutes as deployed. These have just
 * over the minute that the handler keeps for an orderly end.
 */
const withShortInvocations: Change = (template) => {
  const resources = Object.entries(template.Resources as Record<string, FunctionResource>).map(([id, resource]) => {
    if (resource.Properties?.Handler !== 'index.isComplete') return [id, resource] as const;
    return [id, { ...resource, Properties: { ...resource.Properties, Timeout: 75 } }] as const;
  });
  return { ...template, Resources: Object.fromEntries(resources) };
};
interface FunctionResource {
  readonly Properties?: { readonly Handler?: string };
}

let site: Site;
let newborn: Town;
let grown: Town;
let before: Inventory;
/** Both wait for a lease to end: side by side. */
let created: Promise<Ending>;
let updated: Promise<Ending>;

beforeAll(async () => {
  site = await Site.open();
  const secret = await site.putKeys('keys');
  newborn = new Town(site, 'Newborn', secret);
  created = newborn.create({ Lights: { names: lights(4) } }, withShortInvocations);
  created.catch(() => undefined);
  await killAtRegistration(newborn);

  grown = new Town(site, 'Grown', secret);
  await grown.create({ Lights: { names: lights(3) } }, withShortInvocations);
  before = grown.oracle.devices;
  updated = grown.update({ Lights: { names: lights(5) } }, withShortInvocations);
  updated.catch(() => undefined);
  await killAtRegistration(grown);
});
afterAll(() => site?.close());

/** Kills the town's function while it waits for the answer to the call that creates the devices. */
async function killAtRegistration(town: Town): Promise<void> {
  if (!canFindProcesses) return;
  const { faults, journal } = site.cloud.emulator;
  const made = town.oracle.registrations;
  const slow = faults.add({ operation: 'BatchRegisterDeviceWithApplyId', fault: { kind: 'slow', ms: 60_000 } });
  await until(() => town.oracle.registrations > made, 60);
  expect(journal.calls('BatchRegisterDeviceWithApplyId').at(-1)).toMatchObject({ executed: true, faults: ['slow'] });
  const pids = await processesWith(`AWS_LAMBDA_FUNCTION_NAME=${town.name}-`, '_LAMBDA_TIMEOUT=75');
  expect(pids).toHaveLength(1);
  process.kill(pids[0]!, 'SIGKILL');
  faults.clear(slow);
}

const onLinux = canFindProcesses ? test : test.skip;

onLinux(
  'killed in a create, the devices that it never heard of are deleted by the roll-back (I2, I3, I5)',
  async () => {
    expect(await created).toMatchObject({ status: 'ROLLBACK_COMPLETE', resources: [] });
    expect([...newborn.oracle.creations]).toEqual(lights(4).map((name) => [name, 1]));
    expect(newborn.oracle.deletions.sort()).toEqual(lights(4));
    expect(newborn.oracle.names).toEqual([]);
    expect(await newborn.buckets()).toEqual([]);
  },
);

onLinux('killed in an update, the new devices are deleted and the old are the very same (I1, I2, I3, I5)', async () => {
  expect((await updated).status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(grown.oracle.devices).toEqual(before);
  expect(grown.oracle.deletions.sort()).toEqual(['light-004', 'light-005']);
  await grown.expectStands('Lights', lights(3));
  await grown.expectGone();
});
