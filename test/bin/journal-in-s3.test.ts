/** `status` and `settle` by the address that a Pulumi program names as its journal. */
import { S3Client } from '@aws-sdk/client-s3';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { startEmulator, type RunningEmulator } from '../../emulator';
import { reconcile, StoreVault, submit, systemClock, type EnginePorts } from '../../lib/batch';
import { parseOptions } from '../../lib/batch/contract';
import { silent } from '../../lib/batch/ports/observer';
import { ProcessRates } from '../../lib/clouds/process-rates';
import { connectCloud } from '../../lib/clouds/registry';
import { PrefixedStore } from '../../lib/stores/prefixed-store';
import { S3Store } from '../../lib/stores/s3-store';
import { startS3, type S3LookAlike } from '../support/s3-look-alike';

let s3: S3LookAlike;
let cloud: RunningEmulator;
beforeEach(async () => {
  s3 = await startS3();
  cloud = await startEmulator({ aliyun: { durations: { checkMs: 10, createMs: 20, createPerDeviceMs: 0 } } });
});
afterEach(async () => {
  await cloud.close();
  await s3.close();
});

describe('the command line on a journal in S3', () => {
  it('finds the stack below the address, and settles what it owes with the keys of the environment', async () => {
    await owing('iot/.iot-device-batch/town/dev/', ['light-001', 'light-002']);
    const status = await command('status', address('iot'));
    expect(status).toMatchObject({ code: 0, output: expect.stringContaining('1 generation owed') as string });
    expect(status.output).toContain(`npx iot-device-batch settle '${address('iot/.iot-device-batch/town/dev')}'`);
    const settled = await command('settle', address('iot/.iot-device-batch/town/dev'), '--delete-activated', 'b1');
    expect(settled).toMatchObject({ code: 0, output: expect.stringContaining('2 devices deleted') as string });
    expect(cloud.emulator.aliyun.devices()).toEqual([]);
    expect(await command('settle', address('iot'))).toMatchObject({ code: 0 });
  });

  it('asks which one, where several stacks share the address, and touches none', async () => {
    await owing('.iot-device-batch/town/dev/', ['light-001', 'light-002']);
    await owing('.iot-device-batch/town/prod/', ['gate-001', 'gate-002']);
    const { code, output } = await command('settle', address(''));
    expect(code).toBe(1);
    expect(output).toContain('[SeveralJournals]');
    for (const stack of ['dev', 'prod']) expect(output).toContain(`'${address(`.iot-device-batch/town/${stack}`)}'`);
    expect(cloud.emulator.aliyun.devices()).toHaveLength(4);
  });

  it('refuses an address with keys, without repeating them (I7)', async () => {
    const { code, output } = await command('status', 's3://AKIAEXAMPLE:wJalrXUtnFEMI@town');
    expect(code).not.toBe(0);
    expect(output).toContain('must hold no keys');
    expect(output).not.toContain('wJalr');
  });
});

function address(path: string): string {
  const query = `region=eu-central-1&endpoint=${s3.url.replace('http://', '')}&disableSSL=true`;
  return `s3://${s3.bucket}${path === '' ? '' : `/${path}`}?${query}`;
}

/** A batch below a prefix whose Delete was refused, since its second device had connected. */
async function owing(prefix: string, names: readonly [string, string]): Promise<void> {
  const ports = enginePorts(prefix);
  const options = parseOptions({
    cloud: { aliyun: { region: cloud.aliyun.region, productKey: cloud.aliyun.productKey, endpoint: cloud.url } },
    devices: { named: names },
    timeoutSeconds: 600,
    deviceCredentials: 'none',
  });
  const deadline = systemClock.now() + 600_000;
  const done = async (requestId: string, order: object) => {
    const id = await submit(ports.store, systemClock, 'b1', { requestId, deadline, ...order } as never);
    await reconcile(ports, 'b1', requestId, { until: deadline, goneBy: deadline });
    return id;
  };
  const generation = await done('r1', { type: 'create', options });
  cloud.emulator.aliyun.connect(names[1]);
  await done('r2', { type: 'delete', named: generation });
}

function enginePorts(prefix: string): EnginePorts {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new S3Client({ endpoint: s3.url, region: 'eu-central-1', forcePathStyle: true, credentials });
  const store = new PrefixedStore(new S3Store(client, s3.bucket), prefix);
  const keys = { accessKeyId: cloud.aliyun.accessKeyId, accessKeySecret: cloud.aliyun.accessKeySecret };
  const rates = new ProcessRates(systemClock, 1);
  return {
    store,
    clock: systemClock,
    observer: silent,
    vault: new StoreVault(store),
    connect: async (reference, _access, { until }) =>
      connectCloud(reference, async () => keys, {
        clock: systemClock,
        observer: silent,
        rates: rates.of(reference),
        until,
      }),
  };
}

function command(...parameters: string[]): Promise<{ code: number; output: string }> {
  const env = {
    PATH: process.env.PATH,
    NODE_NO_WARNINGS: '1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    ALIBABA_CLOUD_ACCESS_KEY_ID: cloud.aliyun.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: cloud.aliyun.accessKeySecret,
  };
  const line = ['--import', 'tsx', 'bin/iot-device-batch.ts', ...parameters];
  return new Promise((resolve) => {
    execFile(process.execPath, line, { cwd: join(__dirname, '../..'), env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });
}
