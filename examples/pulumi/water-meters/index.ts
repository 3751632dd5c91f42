import { Config } from '@pulumi/pulumi';
import { DeviceBatch } from 'iot-device-batch/pulumi';

/** The stack's configuration first, then what the README shows. */
const config = new Config();
const names = config.get('names');
const isLegacy = config.get('apiVersion') === '2.0';

const batch = new DeviceBatch('water-meters', {
  cloud: {
    tencent: {
      productId: config.get('productId') ?? 'WATERMETER',
      region: config.get('region'),
      apiVersion: isLegacy ? '2.0' : '3.0',
      endpoint: config.get('endpoint'),
    },
  },
  devices: names
    ? { named: names.split(',') }
    : { sequence: { prefix: config.get('prefix') ?? 'meter-', count: config.getNumber('count') ?? 250 } },
  // The legacy API cannot tell which meters have connected: whoever uses it has to say that any may be deleted.
  deleteActivated: isLegacy,
});

export const { deviceNames, deviceCount, batchId, deviceSecrets } = batch;
