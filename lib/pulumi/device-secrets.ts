import * as z from 'zod';
import { countNames, type BatchOptions, type CloudReference } from '../batch/contract';
import { BatchError } from '../batch/errors';
import type { CollectedDevice } from '../batch/ports/cloud';
import type { Credentials } from './inputs';

/** The secrets of devices as an output, or in a file: a JSON object with a member for each device, by its name. */
export function secretsText(devices: Iterable<CollectedDevice>): string {
  return JSON.stringify(
    Object.fromEntries([...devices].map(({ name, identity, credentials }) => [name, { ...credentials, id: identity }])),
  );
}

/** Reads what `secretsText` wrote; undefined where it is something else. */
export function parseSecrets(text: unknown): CollectedDevice[] | undefined {
  try {
    // Not by a schema, which would leave out a device that is called __proto__.
    const devices: unknown = JSON.parse(text as string);
    if (typeof devices !== 'object' || devices === null || Array.isArray(devices)) return undefined;
    return Object.entries(devices).map(([name, device]) => {
      const { id: identity, ...credentials } = deviceSchema.parse(device);
      return { name, identity, credentials };
    });
  } catch {
    return undefined;
  }
}

const deviceSchema = z.object({ id: z.string() }).catchall(z.string());

/** What Pulumi is given in one piece, and keeps in the state. Beyond some ten times that its provider process dies. */
export const MAX_STATE_BYTES = 4 * 1024 * 1024;

/**
 * What the secrets of a device take at most. Alibaba: DeviceName, DeviceSecret (32 characters) and IotId. Tencent: the product may have
 * certificates, which nobody has told by now, so a certificate and a key of 2,048 bits.
 */
function bytesPerDevice({ aliyun }: CloudReference): number {
  return aliyun ? 300 : 3_500;
}

/** @throws BatchError `SecretsTooLarge`, before anything exists whose secrets there is no room for. */
export function validateSecretsSize(credentials: Credentials, { cloud, devices }: BatchOptions): void {
  const most = Math.floor(MAX_STATE_BYTES / bytesPerDevice(cloud));
  const count = countNames(devices);
  if (credentials !== 'state' || count <= most) return;
  throw new BatchError(
    'SecretsTooLarge',
    `the secrets of ${count} devices do not fit into the state, which takes those of ${most} on this cloud: ` +
      'set deviceCredentials to {file: path} or to "none", or split the batch',
  );
}
