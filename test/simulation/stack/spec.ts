import { expandNames, nameFile, nameListOf, type BatchOptions } from '../../../lib/batch/contract';
import { products, type ProductName } from '../clouds/products';
import { PREFIX } from '../world/names';

/** How the names of a batch travel: as a list, as a file, or as a sequence where they are one. */
export const listings = ['list', 'file', 'sequence'] as const;
export type Listing = (typeof listings)[number];

/** What a template says of one batch. */
export type BatchSpec = { product: ProductName; listing?: Listing } & Pick<
  BatchOptions,
  'devices' | 'deleteActivated' | 'deviceCredentials' | 'onExisting' | 'onPartialFailure' | 'removalPolicy'
>;

/** What every generated name of a life begins with, and no other. */
export const GENERATED_PREFIX = 'gen-';

/** A template: the batches of the stack by their logical ids. */
export type Template = Record<string, BatchSpec>;

export type Properties = Record<string, unknown>;

/** Properties as CloudFormation sends them: every scalar is a string. */
export function propertiesOf({ product, devices, listing, ...rest }: BatchSpec, timeoutSeconds: number): Properties {
  return stringified({
    ServiceToken: 'arn:aws:lambda:eu-central-1:123456789012:function:framework-onEvent',
    ServiceTimeout: timeoutSeconds + 300,
    version: 1,
    cloud: products[product].reference,
    devices: 'named' in devices ? listed(devices.named, listing) : devices,
    ...rest,
    timeoutSeconds,
    secretArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:iot-keys-AbCdEf',
  }) as Properties;
}

function listed(names: readonly string[], listing: Listing | undefined): BatchOptions['devices'] {
  if (listing === 'file') return { file: { source: assetOf(names), names: nameListOf(names) } };
  const start = Number(names[0]?.slice(PREFIX.length));
  const sequence = { prefix: PREFIX, count: names.length, start, pad: 2 };
  const isSequence = expandNames({ sequence }).join() === names.join();
  return listing === 'sequence' && isSequence ? { sequence } : { named: [...names] };
}

/** The address of a file of names. What is in it, the address tells. */
function assetOf(names: readonly string[]): string {
  return `s3://assets/${names.join()}`;
}

/** The file at such an address. */
export function assetAt(key: string): string {
  return nameFile(key.split(','));
}

/** The names that a batch asks for, in their order; undefined where only the cloud knows them. */
export function namesIn({ devices }: BatchSpec): string[] | undefined {
  return 'named' in devices || 'sequence' in devices ? expandNames(devices) : undefined;
}

export function productOf({ product }: BatchSpec): string {
  return products[product].id;
}

function stringified(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stringified);
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, stringified(member)]));
}
