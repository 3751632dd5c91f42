import { resolve } from 'node:path';
import { App, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { DeviceBatch, type DeviceBatchProps, DeviceCloud, Devices } from '../../lib';
import * as bundle from '../../lib/cdk/handler-bundle';

jest.spyOn(bundle, 'handlerBundle').mockReturnValue(resolve(__dirname, 'stub-bundle'));

/** A stack of an app of its own. */
export function town(props?: StackProps): Stack {
  return new Stack(new App(), 'Town', props);
}

export const KEYS_ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:iot/aliyun-keys-AbCdEf';

export function keys(stack: Stack, id = 'Keys', arn = KEYS_ARN): ISecret {
  return Secret.fromSecretCompleteArn(stack, id, arn);
}

/** The product of the examples; keys are made unless given. */
export function cloud(stack: Stack, props: Partial<Parameters<typeof DeviceCloud.aliyun>[0]> = {}): DeviceCloud {
  const credentials = props.credentials ?? (stack.node.tryFindChild('Keys') as ISecret | undefined) ?? keys(stack);
  return DeviceCloud.aliyun({ region: 'cn-shanghai', productKey: 'a1BwAGV0001', ...props, credentials });
}

/** Three lights, unless said otherwise. */
export function lights(stack: Stack, props: Partial<DeviceBatchProps> = {}, id = 'StreetLights'): DeviceBatch {
  const devices = Devices.sequence({ prefix: 'light-', count: 3 });
  return new DeviceBatch(stack, id, { cloud: props.cloud ?? cloud(stack), devices, ...props });
}

/** What the tests read of a resource in a template. */
export interface Rendered {
  DependsOn: string[];
  DeletionPolicy: string;
  Properties: {
    [name: string]: unknown;
    cloud: { aliyun: Record<string, unknown> };
    PolicyDocument: { Statement: Record<string, unknown>[] };
    ServiceToken: { 'Fn::GetAtt': [string, string] };
    Code: { S3Key: string };
    BucketEncryption: { ServerSideEncryptionConfiguration: unknown[] };
    Parameters: Record<string, unknown>;
  };
}

/** All resources of a type, by their logical ids. */
export function resources(stack: Stack, type: string): Record<string, Rendered> {
  return Template.fromStack(stack).findResources(type) as Record<string, Rendered>;
}

/** The one resource of a type in the template, or the first whose logical id begins so. */
export function resource(stack: Stack, type: string, logicalId = ''): Rendered {
  const found = Object.entries(resources(stack, type)).find(([id]) => id.startsWith(logicalId));
  if (found === undefined) throw new Error(`no ${type} ${logicalId} in the template`);
  return found[1];
}

/** Matches text within `toEqual`. */
export function like(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}

export const BATCH = 'Custom::IotDeviceBatch';
