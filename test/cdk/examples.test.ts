import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { StreetLightsStack } from '../../examples/cdk/street-lights/street-lights-stack';
import { WaterMetersStack } from '../../examples/cdk/water-meters/water-meters-stack';
import { Devices } from '../../lib';
import { BATCH } from './town';

jest.mock('iot-device-batch', () => jest.requireActual<object>('../../lib'), { virtual: true });

/** As without any setting. */
const streetLights = () =>
  new StreetLightsStack(new App(), 'StreetLights', {
    region: 'cn-shanghai',
    productKey: 'a1BwAGV0001',
    secretName: 'iot/aliyun-keys',
    devices: Devices.sequence({ prefix: 'light-', count: 500 }),
  });

const waterMeters = (apiVersion?: string) =>
  new WaterMetersStack(new App(), 'WaterMeters', {
    productId: 'WATERMETER',
    secretName: 'iot/tencent-keys',
    devices: Devices.sequence({ prefix: 'meter-', count: 250 }),
    apiVersion,
  });

test.each([
  { example: 'street-lights', stack: streetLights, prefix: 'light-', count: 500 },
  { example: 'water-meters', stack: waterMeters, prefix: 'meter-', count: 250 },
])('$example registers $count devices and shows what a user wants to know', ({ stack, prefix, count }) => {
  const template = Template.fromStack(stack());

  template.hasResourceProperties(BATCH, { devices: { sequence: { prefix, count } } });
  expect(Object.keys(template.findOutputs('*'))).toEqual(['DeviceNames', 'DeviceCount', 'BatchId', 'ManifestUri']);
  const { Value } = template.findOutputs('DeviceNames').DeviceNames as { Value: unknown };
  expect(JSON.stringify(Value)).toMatch(
    new RegExp(`"${prefix}001,${prefix}002,.*,${prefix}${count}",\\{"Fn::GetAtt":\\["[^"]+","Ready"\\]\\}`),
  );
});

test('water-meters takes the legacy API, and then says that devices which have connected may be deleted', () => {
  const propertiesOf = (apiVersion?: string) =>
    Object.values(Template.fromStack(waterMeters(apiVersion)).findResources(BATCH))[0]!.Properties as object;

  expect(propertiesOf()).toMatchObject({ cloud: { tencent: { apiVersion: '3.0' } }, deleteActivated: false });
  expect(propertiesOf('2.0')).toMatchObject({ cloud: { tencent: { apiVersion: '2.0' } }, deleteActivated: true });
});
