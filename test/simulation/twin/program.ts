import type { Inputs } from '../../../lib/pulumi/inputs';
import { expandNames, generateNames } from '../../../lib/batch/contract';
import { products } from '../clouds/products';
import { namesIn, type BatchSpec, type Template } from '../stack/spec';
import { PREFIX } from '../world/names';

/** The batches of a program by their names. */
export type Program = Template;

export const STACK = 'dev';

/** As `pulumi.createUrn` makes it for the resource class. */
export function urnOf(name: string): string {
  return `urn:pulumi:${STACK}::town::pulumi-nodejs:dynamic/iot-device-batch:DeviceBatch::${name}`;
}

/** What the resource class hands over, as it reaches the provider. */
export function inputsOf(name: string, spec: BatchSpec, timeoutSeconds: number): Inputs {
  const { product, devices, listing, deviceCredentials, ...policy } = spec;
  return {
    ...policy,
    cloud: products[product].reference,
    devices: 'named' in devices ? listed(devices.named, listing) : plain(devices),
    deviceCredentials: credentialsOf(name, deviceCredentials),
    timeout: timeoutSeconds,
    resourceUrn: urnOf(name),
    __provider: 'exports.handler = …',
  } as Partial<Inputs> as Inputs;
}

/** Which of a batch's names stay its own when the program asks for this; undefined where only the cloud knows. */
export function namesAfter(spec: BatchSpec, batchId: string): string[] | undefined {
  if ('generated' in spec.devices) return generateNames(batchId, spec.devices.generated);
  return namesIn(spec);
}

/** The names in a file of the user's, which its path tells. */
export function namesFileAt(path: string): string | undefined {
  const [, names] = /^names-(.*)\.txt$/.exec(path) ?? [];
  return names?.split('+').join('\n');
}

/** Where the secrets of a batch go. What is in Secrets Manager with the other twin is in a file here. */
export function credentialsOf(
  name: string,
  place: BatchSpec['deviceCredentials'],
): 'state' | 'none' | { file: string } {
  if (place === 'none') return 'none';
  return place === 'store' ? 'state' : { file: `secrets-${name}.json` };
}

function listed(names: readonly string[], listing: BatchSpec['listing']): unknown {
  if (listing === 'file') return { fromFile: `names-${names.join('+')}.txt` };
  const sequence = { prefix: PREFIX, count: names.length, start: Number(names[0]?.slice(PREFIX.length)), pad: 2 };
  const isSequence = expandNames({ sequence }).join() === names.join();
  return listing === 'sequence' && isSequence ? { sequence } : { named: [...names] };
}

function plain(devices: BatchSpec['devices']): unknown {
  return 'assignedByCloud' in devices ? { assignedByCloud: devices.assignedByCloud.count } : devices;
}
