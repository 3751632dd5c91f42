import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { StreetLightsStack } from '../../examples/cdk/street-lights/street-lights-stack';
import { Devices } from '../../lib';
import { BATCH } from './town';

jest.mock('iot-device-batch', () => jest.requireActual<object>('../../lib'), { virtual: true });

test('the example registers 500 street lights and shows what a user wants to know', () => {
  const stack = new StreetLightsStack(new App(), 'StreetLights', {
    region: 'cn-shanghai',
    productKey: 'a1BwAGV0001',
    secretName: 'iot/aliyun-keys',
    devices: Devices.sequence({ prefix: 'light-', count: 500 }),
  });
  const template = Template.fromStack(stack);
  template.hasResourceProperties(BATCH, { devices: { sequence: { prefix: 'light-', count: 500 } } });
  expect(Object.keys(template.findOutputs('*'))).toEqual(['DeviceNames', 'DeviceCount', 'BatchId', 'ManifestUri']);
  const { Value } = template.findOutputs('DeviceNames').DeviceNames as { Value: unknown };
  expect(JSON.stringify(Value)).toMatch(/"light-001,light-002,.*,light-500",\{"Fn::GetAtt":\["[^"]+","Ready"\]\}/);
});
