import { S3Client } from '@aws-sdk/client-s3';
import { Command } from 'commander';
import { awsClientConfig, needsPathStyle } from '../handler/aws-client';
import { S3Store } from '../handler/s3-store';
import { systemClock } from '../lib/batch';
import { readStatus } from '../lib/batch/status';
import { describeStatus } from './describe-status';

/** `iot-device-batch status`. */
export function statusCommand(): Command {
  return new Command('status')
    .description('shows the batches that a store knows: generations, jobs, and what is owed; changes nothing')
    .argument('<bucket>', "the stack's store: the bucket of a batch's ManifestUri, also as s3://bucket/…")
    .option('--json', 'print JSON')
    .addHelpText('after', '\nRegion and credentials are those of the AWS SDK: AWS_REGION, AWS_PROFILE and so on.')
    .action(run);
}

async function run(place: string, { json }: { json?: boolean }, command: Command): Promise<void> {
  const bucket = place.replace(/^s3:\/\//, '').split('/')[0] ?? '';
  const s3 = new S3Client({ ...awsClientConfig, forcePathStyle: needsPathStyle(process.env) });
  try {
    const status = await readStatus(new S3Store(s3, bucket), systemClock);
    process.stdout.write(json ? `${JSON.stringify(status, null, 2)}\n` : describeStatus(status, systemClock.now()));
  } catch (error) {
    const { name, message } = error as Error;
    command.error(`error: cannot read the store in bucket ${bucket}: ${name}: ${message}`);
  } finally {
    s3.destroy();
  }
}
