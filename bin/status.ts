import { Command } from 'commander';
import { BatchError, systemClock } from '../lib/batch';
import { readStatus } from '../lib/batch/status';
import { redactText } from '../lib/clouds/http/redaction';
import { processes } from '../lib/stores/processes';
import { describeStatus } from './describe-status';
import { AWS_HELP, placeIn, STORE_ARGUMENT, withStore, type Place } from './opened-store';

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
    const text = await withStore(place, async ({ store, name }) => {
      const status = await readStatus(store, systemClock, processes);
      return json ? `${JSON.stringify(status, null, 2)}\n` : describeStatus(status, systemClock.now(), name);
    });
    process.stdout.write(text);
  } catch (error) {
    const { name, message } = error as Error;
    const what = error instanceof BatchError ? `${message} [${error.code}]` : `${name}: ${message}`;
    const where = 'folder' in place ? place.folder : `in bucket ${place.bucket}`;
    command.error(`error: cannot read the store ${where}: ${redactText(what)}`);
  }
}
