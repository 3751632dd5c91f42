import { CfnParameter, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DeviceCloud, Devices, type DeviceBatchProps, TencentApiVersion, type TencentCloudProps } from '../../lib';
import { parseOptions } from '../../lib/batch/contract';
import { BATCH, KEYS_ARN, keys, lights, resource, town } from './town';

function hub(stack: Stack, props: Partial<TencentCloudProps> = {}): DeviceCloud {
  const credentials = props.credentials ?? keys(stack);
  return DeviceCloud.tencent({ productId: 'ABCDE12345', ...props, credentials });
}

const batch = (cloud: Partial<TencentCloudProps> = {}, props: Partial<DeviceBatchProps> = {}) => {
  const stack = town();
  lights(stack, { cloud: hub(stack, cloud), ...props });
  return stack;
};

test('a product of Tencent travels with what was said of it, and nothing else', () => {
  const { ServiceToken, ServiceTimeout, ...options } = resource(batch(), BATCH).Properties;
  expect(ServiceToken).toBeDefined();
  expect(ServiceTimeout).toBe('1200');
  expect(options).toMatchObject({ cloud: { tencent: { productId: 'ABCDE12345' } }, secretArn: KEYS_ARN });
  expect(parseOptions(options)).toEqual(options);
});

test('region, version and endpoint travel where they are given', () => {
  const stack = batch(
    { region: 'ap-shanghai', apiVersion: TencentApiVersion.V2_0, endpoint: 'http://127.0.0.1:8080' },
    { deleteActivated: true },
  );
  expect(resource(stack, BATCH).Properties.cloud).toEqual({
    tencent: { productId: 'ABCDE12345', region: 'ap-shanghai', apiVersion: '2.0', endpoint: 'http://127.0.0.1:8080' },
  });
});

test('a product may be known at deployment only', () => {
  const stack = town();
  const productId = new CfnParameter(stack, 'Product').valueAsString;
  lights(stack, { cloud: hub(stack, { productId }) });
  expect(resource(stack, BATCH).Properties.cloud).toEqual({ tencent: { productId: { Ref: 'Product' } } });
});

test.each<[string, Partial<TencentCloudProps>, Partial<DeviceBatchProps>, string]>([
  ['a masked product id', { productId: 'ABCDE*****' }, {}, 'productId is "ABCDE*****"; it consists of letters'],
  ['a region that is none', { region: 'ap guangzhou' }, {}, 'region is "ap guangzhou"; it consists of'],
  [
    'an endpoint with a path',
    { endpoint: 'http://host/v2' },
    {},
    'write it like iotcloud.ap-shanghai.tencentcloudapi.com or http://127.0.0.1:8080',
  ],
  [
    'a name that is fine on the other cloud',
    {},
    { devices: Devices.named(['light@1']) },
    '"light@1" cannot be a device name on Tencent Cloud IoT Hub: it takes 1 to 48 of the characters a-z A-Z 0-9 : _ -',
  ],
  ['names of the cloud', {}, { devices: Devices.assignedByCloud(3) }, 'Tencent Cloud IoT Hub'],
  [
    'API 2.0 without a word on devices that have connected',
    { apiVersion: TencentApiVersion.V2_0 },
    {},
    'set deleteActivated to true if they may be, use a version of the API that tells it, or retain the devices [ActivationUnknown]',
  ],
  [
    'more devices than API 2.0 can be trusted to delete in an hour',
    { apiVersion: TencentApiVersion.V2_0 },
    { deleteActivated: true, devices: Devices.sequence({ prefix: 'light-', count: 20_001 }) },
    'split them over stacks of at most 20000 [TooManyDevices]',
  ],
])('%s is refused where it is written', (_what, cloud, props, message) => {
  expect(() => Template.fromStack(batch(cloud, props))).toThrow(message);
});

test('100,000 devices are a batch that can be deleted within the hour', () => {
  const devices = Devices.sequence({ prefix: 'light-', count: 100_000 });
  expect(resource(batch({}, { devices }), BATCH).Properties.devices).toEqual({
    sequence: { prefix: 'light-', count: 100_000 },
  });
});

test('two batches of one product may not overlap, whatever way leads to it', () => {
  const stack = town();
  const credentials = keys(stack);
  lights(stack, { cloud: hub(stack, { credentials }) });
  const other = hub(stack, { credentials, apiVersion: TencentApiVersion.V2_0, region: 'ap-shanghai' });
  lights(stack, { cloud: other, deleteActivated: true }, 'Park');
  expect(() => Template.fromStack(stack)).toThrow('[NamesOverlap]');
});
