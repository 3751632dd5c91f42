/** A job that outlives its batch's time-out: no cloud can cancel one, so it is owed, named, and cleared away later (I2, I6, I11). */
import { Duration } from 'aws-cdk-lib';
import { lights, only, type Inventory } from './harness/oracle';
import { Site } from './harness/site';
import { Town, type BatchSettings, type Said } from './harness/town';
import { until } from './harness/until';

jest.setTimeout(400_000);

/** The last 15 s of an operation are kept for its answer. */
const timeout = Duration.seconds(75);
const batch = (names: readonly string[]): BatchSettings => ({ names, timeout });

const FOR_EVER = 24 * 3600_000;

let site: Site;
let patient: Town;
let stuck: Town;
let grown: Town;
let before: Inventory;
/** How the deployments ended. All of them wait for time-outs: side by side. */
let patientEnd: Promise<Said>;
let stuckEnd: Promise<Said>;
let grownEnd: Promise<Said>;

beforeAll(async () => {
  site = await Site.open();
  const secret = await site.putKeys('keys');
  patient = new Town(site, 'Patient', secret);
  stuck = new Town(site, 'Stuck', secret);
  grown = new Town(site, 'Grown', secret);
  await grown.create({ Lights: batch(lights(3)) });
  before = grown.oracle.devices;

  stuckEnd = stuck.deploy({ Lights: batch(lights(4)) });
  await jobBegins(stuck, stuckEnd, FOR_EVER);
  grownEnd = grown.deploy({ Lights: batch(lights(5)) });
  await jobBegins(grown, grownEnd, FOR_EVER);
  // Over while CloudFormation waits for the Delete that takes the creation back.
  patientEnd = patient.deploy({ Lights: batch(lights(4)) });
  await jobBegins(patient, patientEnd, 85_000);
});
afterAll(() => site?.close());

const jobOf = ({ productKey }: Town) =>
  site.cloud.emulator.aliyun.platform
    .listApplications()
    .find((job) => job.productKey === productKey && job.status === 'CREATE');

/** Waits until the cloud works on the town's job, which will take so long. */
async function jobBegins(town: Town, deployment: Promise<Said>, createMs: number): Promise<void> {
  deployment.catch(() => undefined);
  const { durations } = site.cloud.emulator.aliyun;
  const usual = durations.createMs;
  durations.createMs = createMs;
  await until(() => jobOf(town) !== undefined, 60);
  durations.createMs = usual;
}

test('a creation that is timed out is rolled back: CloudFormation waits for the job, then its devices are deleted (I2, I6)', async () => {
  const { code, text, status } = await patientEnd;

  expect({ code, status }).toEqual({ code: 1, status: 'ROLLBACK_COMPLETE' });
  expect(text).toMatch(/the time-out was reached while jobs were running: 1 running .*\[DeadlineReached\]/);
  expect([...patient.oracle.creations]).toEqual(lights(4).map((name) => [name, 1]));
  expect(patient.oracle.names).toEqual([]);
  expect(await patient.buckets()).toEqual([]);
});

test('an update that is timed out is taken back, and its job, which still runs, is named and owed (I2, I6, I11)', async () => {
  const { code, text, status } = await grownEnd;

  expect({ code, status }).toEqual({ code: 1, status: 'UPDATE_ROLLBACK_COMPLETE' });
  const job = jobOf(grown)!;
  expect(text).toMatch(new RegExp(`time-out was reached .*still works on job ${job.applyId}.*\\[DeadlineReached\\]`));
  expect(grown.oracle.devices).toEqual(before);
  const { generations } = (await grown.status())[0]!;
  expect(generations).toMatchObject([
    { phase: 'standing', owed: false, devices: 3 },
    { phase: 'draining', owed: true, devices: 5, jobs: [{ id: job.applyId, state: 'running' }] },
  ]);
});

test('a creation whose Delete is timed out as well is a roll-back that failed, and says which job is to blame (I2, I6)', async () => {
  const { code, text, status } = await stuckEnd;

  expect({ code, status }).toEqual({ code: 1, status: 'ROLLBACK_FAILED' });
  expect(text).toMatch(new RegExp(`still works on job ${jobOf(stuck)!.applyId}: .*\\[JobStillRunning\\]`));
  // Nobody forgets it: whatever the batch needs to be deleted is still there.
  expect(await stuck.buckets()).toHaveLength(1);
});

test('the next deployments wait for the jobs, clear them away, and do what they are for (I2, I3, I11)', async () => {
  const others = [...lights(3), 'light-006'];
  const jobs = [jobOf(stuck)!, jobOf(grown)!];
  const [again, further] = [stuck.deploy({ Lights: batch(lights(4)) }), grown.deploy({ Lights: batch(others) })];
  site.cloud.emulator.advance(FOR_EVER);

  // The CLI deletes what is left of a failed creation, and begins anew.
  expect(await again).toMatchObject({ code: 0, status: 'CREATE_COMPLETE' });
  expect(await further).toMatchObject({ code: 0, status: 'UPDATE_COMPLETE' });

  expect(jobs).toMatchObject([{ status: 'CREATE_SUCCESS' }, { status: 'CREATE_SUCCESS' }]);
  await stuck.expectStands('Lights', lights(4));
  expect(stuck.oracle.deletions.sort()).toEqual(lights(4));
  await grown.expectStands('Lights', others);
  expect(only(grown.oracle.devices, lights(3))).toEqual(before);
  expect(grown.oracle.deletions.sort()).toEqual(['light-004', 'light-005']);
  for (const town of [stuck, grown]) {
    expect(await town.destroy()).toMatchObject({ code: 0, status: 'DELETE_COMPLETE' });
    expect(town.oracle.names).toEqual([]);
    expect(await town.buckets()).toEqual([]);
  }
});
