import { expandNames, type BatchOptions } from '../../../lib/batch/contract';
import { PRODUCTS } from '../world/world';

/** What a template says of one batch. */
export type BatchSpec = { product: 0 | 1 } & Pick<
  BatchOptions,
  'devices' | 'deleteActivated' | 'deviceCredentials' | 'onExisting' | 'onPartialFailure' | 'removalPolicy'
>;

/** What every generated name of a life begins with, and no other. */
export const GENERATED_PREFIX = 'gen-';

/** A template: the batches of the stack by their logical ids. */
export type Template = Record<string, BatchSpec>;

export type Properties = Record<string, unknown>;

/** Properties as CloudFormation sends them: every scalar is a string. */
export function propertiesOf({ product, devices, ...rest }: BatchSpec, timeoutSeconds: number): Properties {
  return stringified({
    ServiceToken: 'arn:aws:lambda:eu-central-1:123456789012:function:framework-onEvent',
    ServiceTimeout: timeoutSeconds + 300,
    version: 1,
    cloud: { aliyun: referenceOf(product) },
    devices,
    ...rest,
    timeoutSeconds,
    secretArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:iot-keys-AbCdEf',
  }) as Properties;
}

/** The names that a batch asks for, in their order; undefined where only the cloud knows them. */
export function namesIn({ devices }: BatchSpec): string[] | undefined {
  return 'named' in devices || 'sequence' in devices ? expandNames(devices) : undefined;
}

export function productOf({ product }: BatchSpec): string {
  return PRODUCTS[product];
}

function referenceOf(product: 0 | 1) {
  return { region: 'cn-shanghai', productKey: PRODUCTS[product], endpoint: 'http://emulator.test' };
}

function stringified(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stringified);
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, stringified(member)]));
}
