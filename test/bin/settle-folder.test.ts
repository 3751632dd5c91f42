import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator, type RunningEmulator } from '../../emulator';
import { StoreVault, reconcile, submit, systemClock, type EnginePorts, type Order } from '../../lib/batch';
import { parseOptions } from '../../lib/batch/contract';
import { silent } from '../../lib/batch/ports/observer';
import { ProcessRates } from '../../lib/clouds/process-rates';
import { connectCloud } from '../../lib/clouds/registry';
import { FileStore } from '../../lib/stores/file-store';

let cloud: RunningEmulator;
let folder: string;
beforeEach(async () => {
  cloud = await startEmulator({ aliyun: { durations: { checkMs: 10, createMs: 20, createPerDeviceMs: 0 } } });
  folder = mkdtempSync(join(tmpdir(), 'settle-'));
});
afterEach(async () => {
  await cloud.close();
  rmSync(folder, { recursive: true });
});

describe('the command line on the folder of a Pulumi stack', () => {
  it('shows an operation whose process is dead as abandoned, and finishes it at once', async () => {
    const stop = new Error('killed');
    const ports = enginePorts((what) => {
      if (what === 'collect') throw stop;
    });
    const order: Order = {
      requestId: 'r1',
      type: 'create',
      asker: await somebodyDead(),
      deadline: systemClock.now() + 900_000,
      options: parseOptions({
        cloud: { aliyun: { region: cloud.aliyun.region, productKey: cloud.aliyun.productKey, endpoint: cloud.url } },
        devices: { named: ['light-001', 'light-002'] },
        timeoutSeconds: 900,
        deviceCredentials: 'none',
      }),
    };
    await submit(ports.store, systemClock, 'b1', order);
    const now = systemClock.now();
    await expect(reconcile(ports, 'b1', 'r1', { until: now + 30_000, goneBy: now + 40_000 })).rejects.toBe(stop);
    expect(cloud.emulator.aliyun.devices()).toHaveLength(2);

    const status = await command('status', folder);
    expect(status).toMatchObject({ code: 0, output: expect.stringContaining('abandoned') as string });
    expect(status.output).toContain(`npx iot-device-batch settle ${folder}`);
    const settled = await command('settle', folder);
    expect(settled).toMatchObject({ code: 0, output: expect.stringContaining('2 devices deleted') as string });
    expect(cloud.emulator.aliyun.devices()).toEqual([]);
  });

  it('says so where there is no such folder, rather than to look for a bucket', async () => {
    const { code, output } = await command('status', join(folder, 'not-there'));
    expect(code).not.toBe(0);
    expect(output).toContain('no such folder');
  });
});

function enginePorts(before: (what: string) => void): EnginePorts {
  const store = new FileStore(folder);
  const keys = { accessKeyId: cloud.aliyun.accessKeyId, accessKeySecret: cloud.aliyun.accessKeySecret };
  const rates = new ProcessRates(systemClock, 1);
  return {
    store,
    clock: systemClock,
    observer: silent,
    vault: new StoreVault(store),
    connect: async (reference, _access, { until }) => {
      const connection = connectCloud(reference, async () => keys, {
        clock: systemClock,
        observer: silent,
        rates: rates.of(reference),
        until,
      });
      const collect = connection.collect.bind(connection);
      return Object.assign(connection, {
        collect: async (...page: Parameters<typeof collect>) => {
          before('collect');
          return collect(...page);
        },
      });
    },
  };
}

/** A process that has ended, as it called itself. */
async function somebodyDead(): Promise<string> {
  const script = "process.stdout.write(require('./lib/stores/processes.ts').processes.self)";
  return (await run(process.execPath, ['--import', 'tsx', '-e', script])).output;
}

function command(...parameters: string[]): Promise<{ code: number; output: string }> {
  return run(process.execPath, ['--import', 'tsx', 'bin/iot-device-batch.ts', ...parameters]);
}

function run(file: string, parameters: string[]): Promise<{ code: number; output: string }> {
  const { accessKeyId, accessKeySecret } = cloud.aliyun;
  const env = {
    PATH: process.env.PATH,
    ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
  };
  return new Promise((resolve) => {
    execFile(file, parameters, { cwd: join(__dirname, '../..'), env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });
}
