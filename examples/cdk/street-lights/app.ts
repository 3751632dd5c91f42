import { App } from 'aws-cdk-lib';
import { Devices } from 'iot-device-batch';
import { StreetLightsStack } from './street-lights-stack';

const app = new App();

/** `-c productKey=…` on the command line first, then the environment, then what the README shows. */
function setting(name: string, variable: string): string | undefined {
  return (app.node.tryGetContext(name) as string | undefined) ?? process.env[variable];
}

const names = setting('names', 'DEVICE_NAMES');

new StreetLightsStack(app, setting('stackName', 'STACK_NAME') ?? 'StreetLights', {
  region: setting('region', 'ALIYUN_REGION') ?? 'cn-shanghai',
  productKey: setting('productKey', 'ALIYUN_PRODUCT_KEY') ?? 'a1BwAGV0001',
  endpoint: setting('endpoint', 'ALIYUN_ENDPOINT'),
  secretName: setting('secretName', 'ALIYUN_SECRET_NAME') ?? 'iot/aliyun-keys',
  devices: names
    ? Devices.named(names.split(','))
    : Devices.sequence({
        prefix: setting('prefix', 'DEVICE_PREFIX') ?? 'light-',
        count: Number(setting('count', 'DEVICE_COUNT') ?? 500),
      }),
});
