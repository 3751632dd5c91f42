import { once } from 'node:events';
import { Command, InvalidArgumentError } from 'commander';
import { type RunningEmulator, startEmulator } from './start';

/** `iot-device-batch emulator`. */
export function emulatorCommand(): Command {
  return new Command('emulator')
    .description("serves the clouds' wire protocols on a local port, for tests, demos and CI")
    .option('--port <number>', 'port to listen on; 0 is any free one', wholeNumber, 8280)
    .option('--host <address>', 'address to listen on; the admin API asks for no password', '127.0.0.1')
    .option('--speed <factor>', 'how many times as fast as real time jobs run', positiveNumber, 1)
    .option('--seed <text>', 'decides keys, ids and secrets; the same seed gives the same ones', 'iot-device-batch')
    .option('--no-rates', "do not enforce the vendors' documented rates")
    .option('--region <id>', "Alibaba's region", 'cn-shanghai')
    .option('--product-key <key>', "key of Alibaba's first product (default: made from the seed)")
    .option('--instance-id <id>', 'put that product into an instance with an id, which calls must then name')
    .option('--product-id <id>', "id of Tencent's first product (default: made from the seed)")
    .option('--psk', 'give the devices of that product pre-shared keys instead of certificates')
    .option('--json', 'print one line of JSON when ready, and nothing else')
    .action(run);
}

interface Flags {
  port: number;
  host: string;
  speed: number;
  seed: string;
  rates: boolean;
  region: string;
  productKey?: string;
  instanceId?: string;
  productId?: string;
  psk?: boolean;
  json?: boolean;
}

async function run(flags: Flags, command: Command): Promise<void> {
  const running = await startEmulator({
    port: flags.port,
    host: flags.host,
    speed: flags.speed,
    seed: flags.seed,
    rates: flags.rates,
    aliyun: { region: flags.region, product: { productKey: flags.productKey, instanceId: flags.instanceId } },
    tencent: { product: { productId: flags.productId, encryption: flags.psk ? 'psk' : 'certificate' } },
  }).catch((error: NodeJS.ErrnoException) =>
    command.error(
      error.code === 'EADDRINUSE'
        ? `error: port ${flags.port} of ${flags.host} is taken; choose another with --port, or any free one with --port 0`
        : `error: cannot listen on ${flags.host}:${flags.port}: ${error.message}`,
    ),
  );
  process.stdout.write(flags.json ? `${JSON.stringify(ready(running))}\n` : greeting(running));
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await running.close();
}

function ready({ url, aliyun, tencent }: RunningEmulator) {
  return { url, aliyun, tencent };
}

function greeting({ url, aliyun, tencent, emulator }: RunningEmulator): string {
  const encryption = emulator.tencent.hub.productById(tencent.productId)?.encryption;
  return `Emulating Alibaba Cloud IoT Platform and Tencent Cloud IoT Hub at ${url} until you press Ctrl-C.

  export ALIBABA_CLOUD_ACCESS_KEY_ID=${aliyun.accessKeyId}
  export ALIBABA_CLOUD_ACCESS_KEY_SECRET=${aliyun.accessKeySecret}

  region ${aliyun.region}, product key ${aliyun.productKey}${aliyun.instanceId ? `, instance ${aliyun.instanceId}` : ''}

  export TENCENTCLOUD_SECRET_ID=${tencent.secretId}
  export TENCENTCLOUD_SECRET_KEY=${tencent.secretKey}

  product id ${tencent.productId}, with ${encryption === 'psk' ? 'pre-shared keys' : 'certificates'}

See what is there:  curl ${url}/_emulator/aliyun/devices ${url}/_emulator/tencent/devices
Make a call fail:   curl ${url}/_emulator/faults -d '{"operation": "DeleteDevice", "times": 1, "fault": {"kind": "drop", "when": "after"}}'
`;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('It must be 0 to 65535.');
  return Number(text);
}

function positiveNumber(text: string): number {
  const number = Number(text);
  if (!(number > 0 && Number.isFinite(number))) throw new InvalidArgumentError('It must be a number above 0.');
  return number;
}
