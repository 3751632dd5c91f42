import * as fc from 'fast-check';
import { orderOf } from '../../../handler/order';
import { BatchError } from '../../../lib/batch/errors';
import { mutateValue, mutation } from '../mutation';
import { target } from '../target';

/** Options as they travel, and as CloudFormation makes text of them. */
const properties = fc.constantFrom<Record<string, unknown>>(
  {
    ...{ ServiceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:f', ServiceTimeout: '2100', version: '1' },
    cloud: { aliyun: { region: 'cn-shanghai', productKey: 'a1BwAGV0001', instanceId: 'iot-060a02fl' } },
    devices: { sequence: { prefix: 'light-', count: '3', start: '1', pad: '3' } },
    ...{ onExisting: { adopt: ['light-001'] }, deleteActivated: 'true', onPartialFailure: 'keep' },
    ...{ removalPolicy: 'retain', timeoutSeconds: '1800', deviceCredentials: 'none', namesInResponse: 'false' },
  },
  {
    cloud: {
      tencent: { productId: 'ABCDE12345', region: 'ap-guangzhou', apiVersion: '3.0', endpoint: 'http://127.0.0.1:1' },
    },
    devices: { named: ['a', 'b:c', 'd_e'] },
    deviceCredentials: { secretsManager: { prefix: 'meters/', encryptionKey: 'arn:aws:kms:eu-west-1:1:key/k' } },
    ...{ timeoutSeconds: '60', secretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:k' },
  },
  {
    cloud: { tencent: { productId: 'ABCDE12345', apiVersion: '2.0' } },
    devices: { generated: { count: '7', prefix: 'g-' } },
    ...{ deleteActivated: 'true', timeoutSeconds: '900' },
  },
  {
    cloud: { aliyun: { region: 'cn-shanghai', productKey: 'a1BwAGV0001', signature: 'HMAC-SHA1' } },
    devices: {
      file: { source: 's3://b/k', names: { count: '2', chunks: [{ key: 'names/x', count: '2' }], set: 's' } },
    },
    timeoutSeconds: '900',
  },
  {
    cloud: { aliyun: { region: 'cn-shanghai', productKey: 'a1BwAGV0001' } },
    ...{ devices: { assignedByCloud: { count: '5' } }, timeoutSeconds: '900' },
  },
  {
    cloud: { aliyun: { region: 'cn-shanghai', productKey: 'a1BwAGV0001' } },
    ...{ devices: { fromJob: { id: '1234567890123456789' } }, timeoutSeconds: '900' },
  },
);

/** Events of CloudFormation whose properties somebody has edited. */
export const options = target({
  name: 'options of events',
  share: 110,
  inputs: fc.record({
    type: fc.constantFrom('Create', 'Update', 'Delete'),
    properties,
    changes: fc.array(mutation, { maxLength: 3 }),
    old: properties,
    oldChanges: fc.array(mutation, { maxLength: 2 }),
  }),
  attempt(input) {
    const { type } = input;
    const event = {
      ...{ RequestType: type, RequestId: 'r', StackId: 's', LogicalResourceId: 'l', PhysicalResourceId: 'p' },
      ResourceProperties: mutateValue(input.properties, input.changes),
      OldResourceProperties: mutateValue(input.old, input.oldChanges),
    };
    try {
      const order = orderOf(event, NOW);
      if (!(order.deadline >= NOW && order.deadline <= NOW + 3_600_000))
        throw new RangeError(`deadline ${order.deadline}`);
      return 'right';
    } catch (error) {
      if (!(error instanceof BatchError) || type === 'Delete') throw error;
      if (error.message.length > 5_000) throw new RangeError(`an error of ${error.message.length} characters`);
      return error.code;
    }
  },
});

const NOW = Date.UTC(2026, 0);
