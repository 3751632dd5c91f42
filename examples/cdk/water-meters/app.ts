import { App } from 'aws-cdk-lib';
import { Devices } from 'iot-device-batch';
import { WaterMetersStack } from './water-meters-stack';

const app = new App();

/** `-c productId=…` on the command line first, then the environment, then what the README shows. */
function setting(name: string, variable: string): string | undefined {
  return (app.node.tryGetContext(name) as string | undefined) ?? process.env[variable];
}

const names = setting('names', 'DEVICE_NAMES');

new WaterMetersStack(app, setting('stackName', 'STACK_NAME') ?? 'WaterMeters', {
  productId: setting('productId', 'TENCENT_PRODUCT_ID') ?? 'WATERMETER',
  region: setting('region', 'TENCENT_REGION'),
  apiVersion: setting('apiVersion', 'TENCENT_API_VERSION'),
  endpoint: setting('endpoint', 'TENCENT_ENDPOINT'),
  secretName: setting('secretName', 'TENCENT_SECRET_NAME') ?? 'iot/tencent-keys',
  devices: names
    ? Devices.named(names.split(','))
    : Devices.sequence({
        prefix: setting('prefix', 'DEVICE_PREFIX') ?? 'meter-',
        count: Number(setting('count', 'DEVICE_COUNT') ?? 250),
      }),
});
