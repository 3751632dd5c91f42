import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { systemClock } from '../lib/batch';
import { environment } from '../lib/batch/contract';
import { ProcessRates } from '../lib/clouds/process-rates';
import { connectCloud } from '../lib/clouds/registry';
import { awsClientConfig, needsPathStyle } from '../lib/stores/aws-client';
import { deviceSecrets } from './device-secrets';
import { createHandler } from './handler';
import { s3Objects } from './names-files';
import { S3Store } from '../lib/stores/s3-store';
import { secretsManager } from './secrets';

const bucket = process.env[environment.storeBucket];
if (!bucket)
  throw new Error(`${environment.storeBucket} must name the bucket in which the batches of the stack are recorded`);

const s3 = new S3Client({ ...awsClientConfig, forcePathStyle: needsPathStyle(process.env) });
const secrets = new SecretsManagerClient(awsClientConfig);

/** The entry points of the two Lambda functions. Clients and rates are made once, so that invocations share them. */
export const { onEvent, isComplete } = createHandler({
  bucket,
  store: new S3Store(s3, bucket),
  clock: systemClock,
  readSecret: secretsManager(secrets),
  deviceSecrets: deviceSecrets(secrets),
  readObject: s3Objects(s3),
  rates: new ProcessRates(systemClock, Math.max(1, Number(process.env[environment.rateShare]) || 1)),
  connect: connectCloud,
  // Not the console: Lambda puts time and request in front of its lines, which then are no JSON any more.
  write: (line) => void process.stdout.write(`${line}\n`),
});
