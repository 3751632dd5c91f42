/** Under enforced IAM: what the construct grants is enough, and none of it is too much. */
import { DeviceCredentials } from '../../lib';
import { deploy, destroy } from '../../local-aws';
import { example } from './harness/example';
import { without, type Role } from './harness/grants';
import { lights, Oracle } from './harness/oracle';
import { Site } from './harness/site';
import { bucketsOf } from './harness/store';
import type { Ending } from './harness/stack';
import { Town } from './harness/town';

jest.setTimeout(300_000);

/**
 * What each function of the handler may do, and the first operation that cannot succeed without.
 *
 * Of `onEvent` s3:ListBucket is missing here: on AWS it tells "not there" from "not allowed", which this AWS does anyhow. So is
 * secretsmanager:PutSecretValue, for which it takes a try that was cut off (test/batch/crash-points/crash-points.ts).
 */
const GRANTS: readonly { role: Role; action: string; needed: 'create' | 'delete' }[] = [
  { role: 'OnEvent', action: 's3:GetObject', needed: 'create' },
  { role: 'OnEvent', action: 's3:PutObject', needed: 'create' },
  { role: 'IsComplete', action: 's3:GetObject', needed: 'create' },
  { role: 'IsComplete', action: 's3:PutObject', needed: 'create' },
  { role: 'IsComplete', action: 's3:ListBucket', needed: 'create' },
  { role: 'IsComplete', action: 's3:DeleteObject', needed: 'delete' },
  { role: 'IsComplete', action: 'secretsmanager:GetSecretValue', needed: 'create' },
  { role: 'IsComplete', action: 'secretsmanager:CreateSecret', needed: 'create' },
  { role: 'IsComplete', action: 'secretsmanager:DeleteSecret', needed: 'delete' },
];

interface Attempt {
  readonly town: Town;
  readonly created: Ending;
  readonly deleted?: Ending;
}

let site: Site;
let before: readonly string[];
/** By the action. Side by side: a denied access is put up with for two minutes, as a new grant takes a while (I8). */
let attempts: Map<string, Promise<Attempt>>;
/** So many at a time: the functions of each stack have five processes, of some 50 MB each. */
const SIDE_BY_SIDE = 4;

beforeAll(async () => {
  site = await Site.open({ enforceIam: true });
  before = await bucketsOf(site.aws);
  await site.putKeys('iot/aliyun-keys');
  const secret = await site.putKeys('keys');
  const lanes = Array.from({ length: SIDE_BY_SIDE }, () => Promise.resolve());
  attempts = new Map(
    GRANTS.map((grant, i) => {
      const lane = i % SIDE_BY_SIDE;
      const tried = lanes[lane]!.then(() => attempt(new Town(site, `Grant${i}`, secret), grant));
      // Each is awaited by the test that it belongs to.
      lanes[lane] = tried.then(noMatter, noMatter);
      return [nameOf(grant), tried];
    }),
  );
});
afterAll(() => site?.close());

const noMatter = (): void => undefined;
const nameOf = ({ role, action }: { role: Role; action: string }): string => `${role} ${action}`;

async function attempt(town: Town, { role, action, needed }: (typeof GRANTS)[number]): Promise<Attempt> {
  const batches = { Lights: { names: lights(2), deviceCredentials: DeviceCredentials.secretsManager() } };
  // Its roll-back would be denied as well, for as long again.
  const created = await town.create(batches, without(role, action), { rollBack: false });
  const deleted = needed === 'delete' ? await town.stack.delete() : undefined;
  await town.stack.deleteFunctions();
  return { town, created, ...(deleted && { deleted }) };
}

test('the example is deployed, changed and destroyed by what the construct grants', async () => {
  const oracle = new Oracle(site.cloud);
  const options = (count: number) => example(site, { stack: 'Allowed', secretName: 'iot/aliyun-keys', count });

  const { Allowed: outputs } = await deploy(site.aws, ['Allowed'], options(12));
  expect(outputs!.DeviceNames).toBe(lights(12).join(','));
  expect(oracle.names).toEqual(lights(12));

  await deploy(site.aws, ['Allowed'], options(9));
  expect(oracle.names).toEqual(lights(9));

  await destroy(site.aws, ['Allowed'], options(9));
  expect(oracle.names).toEqual([]);
  expect((await bucketsOf(site.aws)).filter((name) => name.startsWith('allowed-'))).toEqual([]);
  expect(before).toHaveLength(1);
});

test.each(GRANTS)(
  'without $action for $role, a $needed of the stack fails, and the reason names the permission (I6)',
  async (grant) => {
    const { town, created, deleted } = await attempts.get(nameOf(grant))!;

    const ending = deleted ?? created;
    expect(ending.status).toBe(deleted ? 'DELETE_FAILED' : 'CREATE_FAILED');
    expect(ending.reasons).toHaveLength(1);
    expect(ending.reasons[0]).toMatch(
      new RegExp(`AccessDenied.*${grant.action}.*\\[(StoreDenied|SecretsDenied|CloudCallFailed)\\]`),
    );
    expect(town.oracle.names).toEqual([]);
  },
);
