import { Command } from 'commander';
import { systemClock } from '../lib/batch';
import { readStatus } from '../lib/batch/status';
import { describeStatus } from './describe-status';
import { processes } from '../lib/stores/processes';
import { AWS_HELP, nameOf, placeIn, STORE_ARGUMENT, withStore, type Place } from './opened-store';

/** `iot-device-batch status`. */
export function statusCommand(): Command {
  return new Command('status')
    .description('shows the batches that a store knows: generations, jobs, and what is owed; changes nothing')
    .argument('<store>', STORE_ARGUMENT, placeIn)
    .option('--json', 'print JSON')
    .addHelpText('after', `\n${AWS_HELP}`)
    .action(run);
}

async function run(place: Place, { json }: { json?: boolean }, command: Command): Promise<void> {
  try {
    const status = await withStore(place, (store) => readStatus(store, systemClock, processes));
    const text = json
      ? `${JSON.stringify(status, null, 2)}\n`
      : describeStatus(status, systemClock.now(), nameOf(place));
    process.stdout.write(text);
  } catch (error) {
    const { name, message } = error as Error;
    command.error(
      `error: cannot read the store ${'bucket' in place ? `in bucket ${place.bucket}` : place.folder}: ${name}: ${message}`,
    );
  }
}
