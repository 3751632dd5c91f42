import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startEmulator, type RunningEmulator } from '../emulator';
import { startS3 } from '../test/support/s3-look-alike';
import { row, table } from './table';

/** What the handler may take: its function has 512 MB, and shall need a quarter of it. */
const GOAL_MB = 128;

/**
 * The peak memory of the handler, in a Node process of its own as in Lambda, with S3 and the cloud over HTTP: Create from
 * the event to the answer. Beside it a Node process that only loads the bundle.
 */
export async function benchMemory(): Promise<string> {
  const sizes = [0, 1_000, 10_000];
  const rows: string[][] = [];
  for (const devices of sizes) {
    const { maxRssMb, seconds } = await measure(devices);
    const what = devices === 0 ? 'loaded, idle' : devices.toLocaleString('en');
    rows.push([
      what,
      `${maxRssMb.toFixed(0)} MB`,
      (maxRssMb / GOAL_MB).toFixed(2),
      devices ? `${seconds.toFixed(1)} s` : '',
    ]);
  }
  return table(`Peak memory of the handler (goal: ${GOAL_MB} MB at 10,000 devices)`, [
    row('devices', 'peak RSS', '÷ goal', 'Create took'),
    ...rows,
  ]);
}

async function measure(devices: number): Promise<{ maxRssMb: number; seconds: number }> {
  const cloud = await startEmulator({ speed: 20 });
  const s3 = await startS3();
  const secrets = await startSecrets(cloud);
  try {
    const child = spawn(process.execPath, [join(__dirname, 'handler-process.mjs')], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        PATH: process.env.PATH,
        STORE_BUCKET: s3.bucket,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'bench',
        AWS_SECRET_ACCESS_KEY: 'bench',
        AWS_ENDPOINT_URL_S3: s3.url,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
        BENCH_DEVICES: String(devices),
        BENCH_CLOUD: JSON.stringify({ ...cloud.aliyun, endpoint: cloud.url }),
      },
    });
    const failed = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the handler ended with ${code}`)));
    const [result] = (await Promise.race([once(child, 'message'), failed])) as unknown[];
    child.disconnect();
    await failed.catch(() => undefined);
    return result as { maxRssMb: number; seconds: number };
  } finally {
    await Promise.all([cloud.close(), s3.close(), secrets.close()]);
  }
}

/** Secrets Manager, as far as reading one secret goes. */
async function startSecrets(cloud: RunningEmulator): Promise<{ url: string; close(): Promise<void> }> {
  const { accessKeyId, accessKeySecret } = cloud.aliyun;
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ SecretString: JSON.stringify({ accessKeyId, accessKeySecret }) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
