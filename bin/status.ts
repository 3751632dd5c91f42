import { Command } from 'commander';
import { systemClock } from '../lib/batch';
import { readStatus } from '../lib/batch/status';
import { describeStatus } from './describe-status';
import { AWS_HELP, BUCKET_ARGUMENT, bucketIn, withStore } from './opened-store';

/** `iot-device-batch status`. */
export function statusCommand(): Command {
  return new Command('status')
    .description('shows the batches that a store knows: generations, jobs, and what is owed; changes nothing')
    .argument('<bucket>', BUCKET_ARGUMENT, bucketIn)
    .option('--json', 'print JSON')
    .addHelpText('after', `\n${AWS_HELP}`)
    .action(run);
}

async function run(bucket: string, { json }: { json?: boolean }, command: Command): Promise<void> {
  try {
    const status = await withStore(bucket, (store) => readStatus(store, systemClock));
    const text = json ? `${JSON.stringify(status, null, 2)}\n` : describeStatus(status, systemClock.now(), bucket);
    process.stdout.write(text);
  } catch (error) {
    const { name, message } = error as Error;
    command.error(`error: cannot read the store in bucket ${bucket}: ${name}: ${message}`);
  }
}
