import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startEmulator } from '../emulator';
import { startS3 } from '../test/support/s3-look-alike';
import { aliyun, type TestedCloud } from '../test/support/tested-clouds';

export interface LambdaRun {
  /** How many devices the batch has. */
  devices: number;
  /** What CloudFormation asks for, in order; nothing: the bundle is only loaded. */
  life: readonly ('Create' | 'Delete')[];
  /** Where its devices are. @default Alibaba's cloud */
  cloud?: TestedCloud;
  /** How many times as fast as the wall's clock time passes for handler and cloud. @default 1 */
  speed?: number;
  /** How many times as fast as their time jobs run. @default 1 */
  jobSpeed?: number;
}

export interface LambdaCost {
  maxRssMb: number;
  /** Of each request; `seconds` are the wall's, `rssMb` is the peak until its end. */
  requests: { RequestType: string; invocations: number; seconds: number; rssMb: number }[];
  /** Devices and records that are there in the end. */
  left: { devices: number; objects: number };
}

/**
 * What Node takes for its heap on a machine with the 512 MB of the function: half of them. On one with more it would collect
 * garbage later, and the peak would tell of that machine.
 */
const HEAP_MB = 256;

/** Runs the deployed bundle in a Node process of its own, as in Lambda, with S3, Secrets Manager and the cloud over HTTP. */
export async function runLambda(run: LambdaRun): Promise<LambdaCost> {
  const { devices, life, cloud = aliyun, speed = 1, jobSpeed = 1 } = run;
  const epoch = Date.now();
  const clock = { now: () => epoch + (Date.now() - epoch) * speed };
  const running = await startEmulator({ ...cloud.emulator({}), clock, speed: jobSpeed });
  const s3 = await startS3();
  const secrets = await startSecrets(cloud.keys(running.emulator));
  try {
    const child = spawn(
      process.execPath,
      [
        `--max-old-space-size=${HEAP_MB}`,
        ...(speed === 1 ? [] : ['--import', join(__dirname, 'fast-time.mjs')]),
        join(__dirname, 'handler-process.mjs'),
      ],
      {
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
          BENCH_SPEED: String(speed),
          BENCH_EPOCH: String(epoch),
          BENCH_BATCH: JSON.stringify({
            devices,
            life,
            cloud: cloud.product(running.emulator, undefined, running.url),
          }),
        },
      },
    );
    const failed = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the handler ended with ${code}`)));
    const [cost] = (await Promise.race([once(child, 'message'), failed])) as [Omit<LambdaCost, 'left'>];
    child.disconnect();
    await failed.catch(() => undefined);
    return { ...cost, left: { devices: cloud.devices(running.emulator).length, objects: s3.objects.size } };
  } finally {
    await Promise.all([running.close(), s3.close(), secrets.close()]);
  }
}

/** Secrets Manager, as far as reading one secret goes. */
async function startSecrets(keys: unknown): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ SecretString: JSON.stringify(keys) }));
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
