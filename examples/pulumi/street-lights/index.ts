import { Config } from '@pulumi/pulumi';
import { DeviceBatch } from 'iot-device-batch/pulumi';

/** The stack's configuration first, then what the README shows. */
const config = new Config();
const names = config.get('names');

const batch = new DeviceBatch('street-lights', {
  cloud: {
    aliyun: {
      region: config.get('region') ?? 'cn-shanghai',
      productKey: config.get('productKey') ?? 'a1BwAGV0001',
      endpoint: config.get('endpoint'),
    },
  },
  devices: names
    ? { named: names.split(',') }
    : { sequence: { prefix: config.get('prefix') ?? 'light-', count: config.getNumber('count') ?? 500 } },
});

export const { deviceNames, deviceCount, batchId, deviceSecrets } = batch;
