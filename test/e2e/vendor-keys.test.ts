/** Keys that the IoT cloud does not accept, or not for everything: found out before a single device is registered. */
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { AccessKey } from '../../emulator';
import { lights } from './harness/oracle';
import { Site } from './harness/site';
import { Town } from './harness/town';

jest.setTimeout(120_000);

let site: Site;
let towns = 0;

beforeAll(async () => {
  site = await Site.open();
});
afterAll(() => site?.close());
beforeEach(() => site.cloud.emulator.faults.clear());

/** A town whose secret holds these keys. */
async function townWith(keys: Readonly<Record<string, string>>): Promise<Town> {
  const name = `Keys${++towns}`;
  return new Town(site, name, await site.putKeys(name, keys));
}

/** A key of the cloud's, and what a secret with it holds. */
function keyAtCloud(settings: Partial<AccessKey>): Record<string, string> {
  const key = { accessKeyId: `LTAI${++towns}`, accessKeySecret: `SecretOf${towns}Key`, ...settings };
  site.cloud.emulator.aliyun.seed({ keys: [key] });
  const { accessKeyId, accessKeySecret, securityToken } = key;
  return { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) };
}

const HOUR = 3_600_000;

test.each([
  {
    what: 'a wrong secret',
    keys: () => ({ ...site.keys, accessKeySecret: 'NotTheSecretOfThisKey' }),
    reason: /check the AccessKey id and secret.*\[SignatureDoesNotMatch/,
  },
  {
    what: 'an id that nobody has',
    keys: () => ({ accessKeyId: 'LTAINobody', accessKeySecret: 'NotTheSecretOfThisKey' }),
    reason: /check the AccessKey id and secret.*\[InvalidAccessKeyId\.NotFound/,
  },
  {
    what: 'temporary keys that have expired',
    keys: () => keyAtCloud({ securityToken: 'TokenOfYesterday', expiresAt: Date.now() - HOUR }),
    reason: /renew all three.*\[InvalidSecurityToken\.Expired/,
  },
  {
    what: 'keys that may not delete devices',
    keys: () => keyAtCloud({ denied: ['DeleteDevice'] }),
    reason: /DeleteDevice failed: .*allow the RAM user.*\[NoPermission/,
  },
  {
    what: 'keys that may not register devices',
    keys: () => keyAtCloud({ denied: ['BatchRegisterDeviceWithApplyId'] }),
    reason: /BatchRegisterDeviceWithApplyId failed: .*allow the RAM user.*\[NoPermission/,
  },
])(
  '$what: the deployment fails at once, says what to do, and nothing was registered (I2, I6, I8)',
  async ({ keys, reason }) => {
    const given = keys();
    const town = await townWith(given);

    const failed = await town.create({ Lights: { names: lights(3) } });

    expect(failed).toMatchObject({ status: 'ROLLBACK_COMPLETE', resources: [] });
    expect(failed.reasons.join()).toMatch(reason);
    expect(failed.reasons.join()).not.toContain(given.accessKeySecret);
    expect([...town.oracle.creations]).toEqual([]);
    expect(await town.buckets()).toEqual([]);
  },
);

test('a product without room for the devices fails the deployment and says so; nothing is left (I2, I6)', async () => {
  const town = await townWith(site.keys);
  site.cloud.emulator.faults.add({
    operation: 'BatchRegisterDeviceWithApplyId',
    fault: { kind: 'businessError', code: 'iot.device.DeviceCountExceeded', message: 'device count exceeded' },
  });

  const failed = await town.create({ Lights: { names: lights(3) } });

  expect(failed.status).toBe('ROLLBACK_COMPLETE');
  expect(failed.reasons.join()).toMatch(/raise its quota or ask for fewer.*\[iot\.device\.DeviceCountExceeded/);
  expect(town.oracle.names).toEqual([]);
});

test('temporary keys work while they last, and are read anew from the secret once they were renewed', async () => {
  const town = await townWith(keyAtCloud({ securityToken: 'TokenOfToday', expiresAt: Date.now() + HOUR }));
  expect(await town.create({ Lights: { names: lights(3) } })).toMatchObject({ status: 'CREATE_COMPLETE' });
  const old = town.oracle.devices;
  site.cloud.emulator.aliyun.keys.list().forEach((key) => key.expiresAt && (key.expiresAt = Date.now() - HOUR));

  const failed = await town.update({ Lights: { names: lights(5) } });

  expect(failed.status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(failed.reasons.join()).toContain('InvalidSecurityToken.Expired');
  expect(town.oracle.devices).toEqual(old);

  const SecretString = JSON.stringify(keyAtCloud({ securityToken: 'TokenOfTomorrow', expiresAt: Date.now() + HOUR }));
  const renewal = new PutSecretValueCommand({ SecretId: town.secret, SecretString });
  await new SecretsManagerClient(site.aws.client).send(renewal);
  expect(await town.update({ Lights: { names: lights(5) } })).toMatchObject({ status: 'UPDATE_COMPLETE' });
  await town.expectStands('Lights', lights(5));
  await town.expectGone();
});
