import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Command, InvalidArgumentError } from 'commander';
import { awsClientConfig } from '../lib/stores/aws-client';
import { credentialVaults } from '../handler/credential-vaults';
import { deviceSecrets } from '../handler/device-secrets';
import { patientStore } from '../lib/stores/patient-store';
import { redactText } from '../lib/clouds/http/redaction';
import { Secrets, secretsManager } from '../handler/secrets';
import {
  BatchError,
  previewSettle,
  settle,
  systemClock,
  type EnginePorts,
  type Settled,
  type SettleWishes,
} from '../lib/batch';
import type { Store } from '../lib/batch/ports/store';
import { countBusy } from '../lib/batch/status';
import { environmentKeys } from '../lib/clouds/environment-keys';
import { ProcessRates } from '../lib/clouds/process-rates';
import { connectCloud } from '../lib/clouds/registry';
import { processes } from '../lib/stores/processes';
import { describePreview, describeSettled, isSettled } from './describe-settled';
import { AWS_HELP, nameOf, placeIn, STORE_ARGUMENT, withStore, type Place } from './opened-store';
import { TerminalObserver } from './terminal-observer';

const HELP = `
Finishes what the next deployment of the stack would have to begin with, when there is none to come: deletes or
releases the devices of changes that were cut off or could not be cleared away, each batch under its own
policy. What stands is not touched. It may be stopped and started again at any time.

Keys of the cloud are those in the secret that each batch names, read with your AWS credentials; with --env-keys, and where the
store is the journal of a Pulumi stack, those of the vendor's own variables: ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET,
ALIBABA_CLOUD_SECURITY_TOKEN; TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, TENCENTCLOUD_SESSION_TOKEN.

Exit code: 0 if nothing is owed any more, else 1.

${AWS_HELP}`;

/** `iot-device-batch settle`. */
export function settleCommand(): Command {
  const ids = (id: string, before: string[]) => [...before, id];
  return new Command('settle')
    .description('finishes what a store owes, outside of a deployment, and says what is left and why')
    .argument('<store>', STORE_ARGUMENT, placeIn)
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--delete <batchId>', 'a batch that no stack has any more: delete or release all of it', ids, [])
    .option('--delete-activated <batchId>', 'delete its owed devices even if they have ever connected', ids, [])
    .option('--forget <generationId>', 'an owed generation that you have seen to: leave its devices alone', ids, [])
    .option('--env-keys', "take the cloud's keys from the environment")
    .option('--timeout <minutes>', 'how long to wait for jobs and deletions', minutes, 60)
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(run);
}

interface Flags {
  dryRun?: boolean;
  delete: string[];
  deleteActivated: string[];
  forget: string[];
  envKeys?: boolean;
  timeout: number;
  json?: boolean;
}

async function run(place: Place, flags: Flags, command: Command): Promise<void> {
  const wishes = { remove: flags.delete, deleteActivated: flags.deleteActivated, forget: flags.forget };
  try {
    await withStore(place, ({ store, isJournal }) =>
      flags.dryRun
        ? preview(store, wishes, flags)
        : work(store, wishes, { ...flags, envKeys: flags.envKeys || isJournal }),
    );
  } catch (error) {
    // Others have codes as well, such as those of a connection, which say nothing without what was to be reached.
    const { name, message } = error as Error;
    const known = error instanceof BatchError;
    const what = known ? `${message} [${error.code}]` : `cannot settle ${nameOf(place)}: ${name}: ${message}`;
    command.error(`error: ${redactText(what)}`);
  }
}

async function preview(store: Store, wishes: SettleWishes, { json }: Flags): Promise<void> {
  const steps = await previewSettle(store, systemClock, wishes, processes);
  process.stdout.write(json ? `${JSON.stringify(steps, null, 2)}\n` : describePreview(steps));
  if (steps.length > 0) process.exitCode = 1;
}

async function work(store: Store, wishes: SettleWishes, flags: Flags): Promise<void> {
  const ending = new AbortController();
  const stop = () => {
    process.stderr.write('stopping; settle again to go on\n');
    ending.abort();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  signals.forEach((signal) => process.once(signal, stop));
  try {
    const deadline = systemClock.now() + flags.timeout * 60_000;
    const share = 1 + (await countBusy(store, systemClock));
    const ports = enginePorts(store, share, deadline, flags.envKeys === true);
    print(await settle(ports, wishes, { deadline, ending: ending.signal }), flags);
  } finally {
    signals.forEach((signal) => process.off(signal, stop));
  }
}

function print(settled: Settled, { json }: Flags): void {
  process.stdout.write(json ? `${JSON.stringify(settled, null, 2)}\n` : describeSettled(settled));
  if (!isSettled(settled)) process.exitCode = 1;
}

function enginePorts(s3: Store, share: number, until: number, envKeys: boolean): EnginePorts {
  const clock = systemClock;
  const rates = new ProcessRates(clock, share);
  const observer = new TerminalObserver(clock, (line) => void process.stderr.write(line));
  // No grant is on its way: what is denied stays so.
  const store = patientStore(s3, clock, observer, { until, deniedUntil: 0 });
  const secretsManagerClient = new SecretsManagerClient(awsClientConfig);
  const secrets = new Secrets(secretsManager(secretsManagerClient), clock);
  return {
    store,
    clock,
    observer,
    workers: processes,
    vault: credentialVaults({ secrets: deviceSecrets(secretsManagerClient), store, clock, deniedUntil: 0 }),
    connect: async (cloud, { secretArn }, time) => {
      const keys = envKeys ? environmentKeys(cloud, process.env) : secrets.source(secretArn, 0);
      return connectCloud(cloud, keys, { clock, observer, rates: rates.of(cloud), until: time.until });
    },
  };
}

function minutes(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('give minutes, more than 0');
}
