import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startEmulator, type RunningEmulator } from '../../emulator';
import type { CustomResourceEvent } from '../../handler/framework';
import type { Handler } from '../../handler/handler';
import { startS3, type S3LookAlike } from '../support/s3-look-alike';

/** The module that Lambda loads, with the AWS SDK's real clients, on nothing but environment variables. */
describe('the entry points', () => {
  const environment = process.env;
  let emulator: RunningEmulator;
  let s3: S3LookAlike;
  let secretsManager: Server;
  let written: string[];

  beforeEach(async () => {
    emulator = await startEmulator({ speed: 20 });
    s3 = await startS3('records');
    secretsManager = createServer((request, response) => {
      request.resume().on('end', () => {
        const SecretString = JSON.stringify(emulator.aliyun);
        response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify({ SecretString }));
      });
    }).listen(0, '127.0.0.1');
    await once(secretsManager, 'listening');
    written = [];
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      written.push(String(chunk));
      return true;
    });
    process.env = {
      ...environment,
      STORE_BUCKET: s3.bucket,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIA',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${(secretsManager.address() as AddressInfo).port}`,
    };
    jest.resetModules();
  });

  afterEach(async () => {
    process.env = environment;
    jest.restoreAllMocks();
    secretsManager.close();
    secretsManager.closeAllConnections();
    await Promise.all([emulator.close(), s3.close()]);
  });

  const load = () => jest.requireActual<Handler>('../../handler/index');

  it('work on a bucket, a secret and a cloud, and log nothing but JSON lines', async () => {
    const handler = load();
    const { region, productKey } = emulator.aliyun;
    const event: CustomResourceEvent = {
      RequestType: 'Create',
      RequestId: 'r1',
      StackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/street/guid',
      LogicalResourceId: 'Lights',
      ResourceProperties: {
        cloud: { aliyun: { region, productKey, endpoint: emulator.url } },
        devices: { named: ['light-001'] },
        timeoutSeconds: '300',
        secretArn: 'some/secret',
      },
    };
    const accepted = await handler.onEvent(event, { getRemainingTimeInMillis: () => 60_000 });
    const answer = await handler.isComplete({ ...event, ...accepted }, { getRemainingTimeInMillis: () => 300_000 });
    if (!answer.IsComplete) throw new Error('not complete');
    expect(answer.Data).toMatchObject({ DeviceCount: 1, ManifestBucket: 'records' });
    expect(s3.objects.get(String(answer.Data?.ManifestKey))?.body.toString()).toContain('"light-001"');
    expect(written.length).toBeGreaterThan(2);
    for (const line of written) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it('say at once when they are told no bucket', () => {
    delete process.env.STORE_BUCKET;
    expect(load).toThrow('STORE_BUCKET');
  });
});
