import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { startEmulator, type RunningEmulator } from '../../emulator';
import { credentialVaults } from '../../handler/credential-vaults';
import { deviceSecrets } from '../../handler/device-secrets';
import { S3Store } from '../../lib/stores/s3-store';
import { reconcile, submit, systemClock, type EnginePorts, type Order } from '../../lib/batch';
import { parseOptions } from '../../lib/batch/contract';
import { silent } from '../../lib/batch/ports/observer';
import { ProcessRates } from '../../lib/clouds/process-rates';
import { connectCloud } from '../../lib/clouds/registry';
import { IN_SECRETS_MANAGER } from '../support/memory-secrets';
import { startS3, type S3LookAlike } from '../support/s3-look-alike';
import { startSecretsManager, type SecretsManagerLookAlike } from '../support/secrets-manager-look-alike';
import { aliyun, certificates } from '../support/tested-clouds';
import { lights } from '../support/world';

const root = path.resolve(__dirname, '../..');
const SECRET = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:iot-keys-AbCdEf';

jest.setTimeout(60_000);

let s3: S3LookAlike;
let cloud: RunningEmulator;
let secrets: SecretsManagerLookAlike;
let ports: EnginePorts;
const children: ChildProcessWithoutNullStreams[] = [];

beforeEach(async () => {
  s3 = await startS3();
  cloud = await startEmulator({
    aliyun: { durations: { checkMs: 10, createMs: 20, createPerDeviceMs: 0 } },
    tencent: { durations: { startMs: 10, createMs: 20, createPerDeviceMs: 0 } },
  });
  secrets = await startSecretsManager();
  secrets.secrets.set(SECRET, { text: JSON.stringify(keys()) });
  ports = enginePorts();
});
afterEach(async () => {
  children.splice(0).forEach((child) => child.kill('SIGKILL'));
  await secrets.close();
  await cloud.close();
  await s3.close();
});

function keys(): { accessKeyId: string; accessKeySecret: string } {
  const { accessKeyId, accessKeySecret } = cloud.aliyun;
  return { accessKeyId, accessKeySecret };
}

function enginePorts(): EnginePorts {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new S3Client({ endpoint: s3.url, region: 'eu-central-1', forcePathStyle: true, credentials });
  const store = new S3Store(client, s3.bucket);
  const rates = new ProcessRates(systemClock, 1);
  return {
    store,
    clock: systemClock,
    observer: silent,
    vault: credentialVaults({ secrets: deviceSecrets(secretsClient()), store, clock: systemClock, deniedUntil: 0 }),
    connect: async (reference, _access, { until }) =>
      connectCloud(reference, async () => (reference.tencent ? certificates : aliyun).keys(cloud.emulator), {
        clock: systemClock,
        observer: silent,
        rates: rates.of(reference),
        until,
      }),
  };
}

function secretsClient(): SecretsManagerClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new SecretsManagerClient({ endpoint: secrets.url, region: 'eu-central-1', credentials });
}

/** An operation on a batch, to its end. */
async function done(batchId: string, order: object): Promise<string | undefined> {
  const requestId = `request-${systemClock.nonce(4)}`;
  const full = { requestId, deadline: Date.now() + 600_000, ...order } as Order;
  const generation = await submit(ports.store, systemClock, batchId, full);
  await reconcile(ports, batchId, requestId, { until: Date.now() + 60_000, goneBy: Date.now() + 60_000 });
  return generation;
}

async function create(batchId: string, names: string[], changes: object = {}): Promise<string> {
  const { region, productKey } = cloud.aliyun;
  const aliyun = { region, productKey, endpoint: cloud.url };
  const options = parseOptions({
    cloud: { aliyun },
    devices: { named: names },
    timeoutSeconds: 600,
    secretArn: SECRET,
    ...changes,
  });
  return (await done(batchId, { type: 'create', options })) as string;
}

/** Two batches: of one the Delete was refused, as light-002 has connected; the other stands. */
async function refusedDelete(): Promise<string> {
  const generation = await create('b1', lights(3));
  await create('b2', ['other']);
  cloud.emulator.aliyun.connect('light-002');
  await done('b1', { type: 'delete', named: generation });
  return generation;
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function started(args: string[], environment: NodeJS.ProcessEnv = {}): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, ['--import', 'tsx', 'bin/iot-device-batch.ts', 'settle', ...args], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      NODE_NO_WARNINGS: '1',
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      ...environment,
    },
  });
  children.push(child);
  return child;
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout, stderr };
}

const settle = (...args: string[]): Promise<Ended> => ended(started([s3.bucket, ...args]));

function devices(): string[] {
  return cloud.emulator.aliyun.devices().map(({ deviceName }) => deviceName);
}

describe('iot-device-batch settle', () => {
  it('says what it would do, what is left and why, and finishes it once that is allowed', async () => {
    const generation = await refusedDelete();

    const dry = await settle('--dry-run', '--delete-activated', 'b1');
    expect(dry).toMatchObject({ code: 1, stderr: '' });
    expect(dry.stdout).toBe(
      `batch b1: would delete or release what generation ${generation} is still to answer for, of 3 devices on record; ` +
        'one that has ever connected as well\n',
    );
    expect(devices()).toHaveLength(4);

    const refused = await settle();
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(
      new RegExp(`^still owed: generation ${generation}: 1 of the devices .*light-002.*\\[ActivatedDevices\\]$`, 'm'),
    );
    expect(refused.stdout).toContain('--delete-activated <batchId>');

    const allowed = await settle('--delete-activated', 'b1');
    expect(allowed).toMatchObject({ code: 0, stdout: `generation ${generation}: gone, 3 devices deleted in all\n` });
    expect(devices()).toEqual(['other']);
    expect(new Set(secrets.requests)).toEqual(new Set([`GetSecretValue ${SECRET}`]));

    expect(await settle()).toEqual({ code: 0, stdout: 'nothing is owed\n', stderr: '' });
  });

  it.each([aliyun, certificates])(
    'removes a batch of $name that is named, with keys from the environment',
    async (on) => {
      const generation = await create('b1', lights(3), { cloud: on.product(cloud.emulator, undefined, cloud.url) });
      expect(on.devices(cloud.emulator)).toHaveLength(3);
      const { accessKeyId, accessKeySecret } = keys();
      const { secretId, secretKey } = cloud.tencent;
      const given =
        on === aliyun
          ? { ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId, ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret }
          : { TENCENTCLOUD_SECRET_ID: secretId, TENCENTCLOUD_SECRET_KEY: secretKey };
      const args = [`s3://${s3.bucket}/manifests/b1/x.json`, '--delete', 'b1', '--env-keys', '--json'];
      const result = await ended(started(args, given));
      expect(JSON.parse(result.stdout)).toEqual({
        ended: [],
        finished: [{ batchId: 'b1', generation, deleted: 3, suspects: [] }],
        left: [],
      });
      expect(result.code).toBe(0);
      expect(on.devices(cloud.emulator)).toEqual([]);
      expect(secrets.requests).toEqual([]);
      for (const secret of [accessKeySecret, secretKey]) expect(result.stdout + result.stderr).not.toContain(secret);
    },
  );

  it('deletes the secrets of devices, by the names in the store', async () => {
    const generation = await create('b1', lights(2), { deviceCredentials: IN_SECRETS_MANAGER });
    expect(secrets.secrets.size).toBe(3);
    secrets.disturb = (request) =>
      request.startsWith('DeleteSecret') ? { status: 400, code: 'AccessDeniedException' } : undefined;
    const denied = await settle('--delete', 'b1');
    expect(denied.code).toBe(1);
    expect(denied.stdout).toMatch(new RegExp(`^still owed: generation ${generation}: .*\\[SecretsDenied\\]$`, 'm'));

    secrets.disturb = () => undefined;
    expect(await settle()).toMatchObject({ code: 0 });
    expect([...secrets.secrets.keys()]).toEqual([SECRET]);
    expect(devices()).toEqual([]);
  });

  it('names what lacks: the variables, a batch, the bucket', async () => {
    const generation = await refusedDelete();
    expect((await settle('--env-keys')).stdout).toMatch(
      new RegExp(`^still owed: generation ${generation}: .*ALIBABA_CLOUD_ACCESS_KEY_ID.*\\[CloudCallFailed\\]$`, 'm'),
    );
    expect(await settle('--delete', 'b7')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'error: the store knows no batch b7; it has b1, b2 [UnknownBatch]\n',
    });
    const nowhere = await ended(started(['no-such-bucket']));
    expect(nowhere).toMatchObject({ code: 1, stdout: '' });
    expect(nowhere.stderr).toMatch(/^error: cannot settle no-such-bucket: NoSuchBucket/);
    const unreachable = await ended(started([s3.bucket], { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9' }));
    expect(unreachable.stderr).toMatch(new RegExp(`^error: cannot settle ${s3.bucket}: .*ECONNREFUSED`));
    expect((await ended(started([s3.bucket, '--timeout', 'soon']))).stderr).toContain('give minutes');
  });

  it('forgets what somebody has seen to', async () => {
    const generation = await refusedDelete();
    const { code, stdout } = await settle('--forget', generation);
    expect(stdout).toBe(
      `generation ${generation}: forgotten, 0 devices had been deleted; of these some may still exist: ${lights(3).join(', ')}\n`,
    );
    expect(code).toBe(0);
    expect(devices()).toHaveLength(4);
  });

  it('stops on Ctrl-C without leaving the lease behind, and goes on the next time', async () => {
    const generation = await create('b1', lights(450));
    const child = started([s3.bucket, '--delete', 'b1']);
    const result = ended(child);
    while (devices().length === 450) await systemClock.sleep(20);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await result;
    expect(code).toBe(1);
    expect(stderr).toContain('stopping; settle again to go on\n');
    expect(stdout).toMatch(new RegExp(`^still owed: generation ${generation}: .*\\[NotReached\\]$`, 'm'));
    const head = JSON.parse(s3.objects.get('heads/b1.json')?.body.toString() ?? '{}') as { lease?: unknown };
    expect(head.lease).toBeUndefined();
    expect(devices().length).toBeGreaterThan(0);
    expect(await settle()).toMatchObject({ code: 0 });
    expect(devices()).toEqual([]);
  });
});
