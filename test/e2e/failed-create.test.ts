/** Deployments that must fail, by the CDK CLI: what it says of them, and that nothing is left. */
import { cdk, deploy, destroy, type RunResult } from '../../local-aws';
import { example, synthesized } from './harness/example';
import { Oracle, type Inventory } from './harness/oracle';
import { expectNoSecret, secretsOf } from './harness/secrecy';
import { Site } from './harness/site';
import { bucketsOf } from './harness/store';
import { whatAwsShows } from './harness/what-aws-shows';

jest.setTimeout(180_000);

const STACK = 'Harbour';
const SHIPS = ['harbour-1', 'harbour-2', 'harbour-3', 'harbour-4'];

let site: Site;
let oracle: Oracle;
let before: readonly string[];

beforeAll(async () => {
  site = await Site.open();
  oracle = new Oracle(site.cloud);
  before = await bucketsOf(site.aws);
  await site.putKeys('iot/aliyun-keys');
});
afterAll(() => site?.close());
beforeEach(() => site.cloud.emulator.reset());

const ships = () => example(site, { stack: STACK, secretName: 'iot/aliyun-keys', names: SHIPS });

async function deployInVain(): Promise<RunResult & { text: string }> {
  const result = await cdk(site.aws, ['deploy', STACK, '--require-approval', 'never'], ships());
  const text = `${result.stdout}\n${result.stderr}`;
  expect({ ...result, text }).toMatchObject({ code: 1, text: expect.stringContaining('ROLLBACK_COMPLETE') as string });
  return { ...result, text };
}

async function expectNothingLeft(others: Inventory = new Map()): Promise<void> {
  expect(oracle.devices).toEqual(others);
  expect(await bucketsOf(site.aws)).toEqual(before);
}

test('a name that exists fails the deployment before anything is registered, and the CLI says which (I2, I6)', async () => {
  const { productKey } = site.cloud.aliyun;
  site.cloud.emulator.aliyun.seed({ devices: [{ productKey, deviceName: 'harbour-3' }] });
  const foreign = oracle.devices;

  const { text } = await deployInVain();

  expect(text).toMatch(/1 of 4 devices exist on Alibaba Cloud IoT Platform already .*: harbour-3; .*\[DevicesExist\]/);
  expect(oracle.registrations).toBe(0);
  await expectNothingLeft(foreign);
});

test('a name that the cloud refuses fails the deployment before anything is registered, with its reason (I2, I6)', async () => {
  site.cloud.emulator.faults.add({ fault: { kind: 'failCheck', names: ['harbour-2'], reason: 'reserved word' } });

  const { text } = await deployInVain();

  expect(text).toMatch(/harbour-2 \(reserved word\).*\[NamesRefused\]/);
  expect(oracle.registrations).toBe(0);
  await expectNothingLeft();
});

test('devices that the cloud does not create fail the deployment, with name and reason; those beside them are deleted again, and the stack can be destroyed and deployed anew (I2, I3, I6)', async () => {
  const fault = site.cloud.emulator.faults.add({
    fault: { kind: 'failCreate', names: ['harbour-2', 'harbour-4'], reason: 'no free berth' },
  });

  const { text } = await deployInVain();

  expect(text).toMatch(
    /2 of 4 devices were not registered: harbour-2 \(no free berth\), harbour-4 \(no free berth\); rolled back the other 2 devices \[DevicesNotRegistered\]/,
  );
  expect([...oracle.creations]).toEqual([
    ['harbour-1', 1],
    ['harbour-3', 1],
  ]);
  await expectNothingLeft();
  // Functions and logs are gone with the stack.
  const { 'stack events': events } = await whatAwsShows(site.aws);
  expectNoSecret(secretsOf(site.cloud), { 'CLI output': [text], events: events! }, /no free berth/);

  site.cloud.emulator.faults.clear(fault);
  await destroy(site.aws, [STACK], synthesized(ships()));
  const { DeviceNames } = (await deploy(site.aws, [STACK], synthesized(ships())))[STACK]!;

  expect(DeviceNames).toBe(SHIPS.join(','));
  expect(oracle.names).toEqual(SHIPS);

  await destroy(site.aws, [STACK], synthesized(ships()));
  await expectNothingLeft();
});
