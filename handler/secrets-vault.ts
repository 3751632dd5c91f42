import * as z from 'zod';
import { credentialText, parseCredentials } from '../lib/batch';
import { secretName, type DeviceSecretsOption } from '../lib/batch/contract';
import { BatchError } from '../lib/batch/errors';
import type { Clock } from '../lib/batch/ports/clock';
import { CloudError, type CollectedDevice } from '../lib/batch/ports/cloud';
import type { Store } from '../lib/batch/ports/store';
import type { CredentialPlace, CredentialVault } from '../lib/batch/ports/vault';
import { readJson } from '../lib/batch/record/json';
import { keys } from '../lib/batch/record/keys';
import { redact } from '../lib/clouds/http/redact';
import { awsFailureOf } from '../lib/stores/aws-failure';
import type { DeviceSecrets } from './device-secrets';

/** Where a secret vault keeps what, and how long it puts up with what. */
export interface SecretsVaultPorts {
  secrets: DeviceSecrets;
  store: Store;
  clock: Clock;
  /** Until when a denied access may be a grant on its way (milliseconds since 1970). */
  deniedUntil: number;
}

/** Names of secrets that may exist. */
const noteSchema = z.looseObject({ secrets: z.array(z.string()) });

/**
 * Keeps device secrets in AWS Secrets Manager, one for each device. There is no listing of secrets that could be granted for some
 * of them only, so the store has their names: noted before they are made, and taken out after they are deleted. What was made
 * and not noted, or the other way round, is never left behind.
 */
export class SecretsVault implements CredentialVault {
  constructor(private readonly ports: SecretsVaultPorts) {}

  async savePart(
    place: CredentialPlace,
    part: string,
    devices: readonly CollectedDevice[],
    confirm: () => Promise<void>,
  ): Promise<void> {
    const { batchId, generationId, secrets: where } = place;
    if (!where) throw new RangeError(`nothing of generation ${generationId} is to be kept in Secrets Manager`);
    if (devices.length === 0) return;
    const nameOf = ({ name }: CollectedDevice) => secretName(where.prefix, batchId, generationId, name);
    const note = JSON.stringify({ version: 1, secrets: devices.map(nameOf) });
    await this.ports.store.put(keys.secrets(batchId, generationId, part), note);
    for (const device of devices) {
      // Whoever has taken over may have deleted all of them by now.
      await confirm();
      await this.write(nameOf(device), device, where);
    }
  }

  async *read(place: CredentialPlace, devices: ReadonlyMap<string, string>): AsyncIterable<CollectedDevice[]> {
    for (const note of await this.notesOf(place)) {
      const found: CollectedDevice[] = [];
      for (const secret of await this.notedIn(note)) {
        const text = await this.reach('read', secret, () => this.ports.secrets.read(secret));
        const device = text === undefined ? undefined : parseCredentials(text);
        if (device && devices.get(device.name) === device.identity) found.push(device);
      }
      yield found;
    }
  }

  /** Each secret is found by its name. */
  async finish(): Promise<void> {}

  async forget(place: CredentialPlace): Promise<void> {
    for (const note of await this.notesOf(place)) {
      for (const secret of await this.notedIn(note)) {
        await this.reach('delete', secret, () => this.ports.secrets.delete(secret));
      }
      await this.ports.store.delete(note);
    }
  }

  /** One that exists was made by an earlier try: nobody else has the generation's id. */
  private async write(secret: string, device: CollectedDevice, { encryptionKey }: DeviceSecretsOption): Promise<void> {
    const { secrets } = this.ports;
    const text = credentialText(device);
    const made = await this.reach('create', secret, () => secrets.create(secret, text, encryptionKey));
    if (made === 'exists') await this.reach('write', secret, () => secrets.replace(secret, text));
  }

  private notesOf({ batchId, generationId }: CredentialPlace): Promise<string[]> {
    return this.ports.store.list(keys.secretsOf(batchId, generationId));
  }

  private async notedIn(note: string): Promise<string[]> {
    return (await readJson(this.ports.store, note, noteSchema))?.secrets ?? [];
  }

  private async reach<T>(verb: string, secret: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw this.failure(verb, secret, error);
    }
  }

  private failure(verb: string, secret: string, error: unknown): BatchError {
    const said = redact(error instanceof Error ? `${error.name}: ${error.message}` : String(error), []);
    switch (awsFailureOf(error)) {
      case 'transient':
        return passing('SecretsUnavailable', `Secrets Manager cannot ${verb} ${secret} just now (${said})`);
      case 'denied': {
        const message = `the handler may not ${verb} the secret ${secret} (${said}): ${ADVICE}`;
        const mayPass = this.ports.clock.now() < this.ports.deniedUntil;
        return mayPass ? passing('SecretsDenied', message) : new BatchError('SecretsDenied', message);
      }
      case 'missing':
      case 'other':
        return new BatchError('SecretsFailed', `Secrets Manager does not ${verb} the secret ${secret} (${said})`);
    }
  }
}

const ADVICE =
  'look for policies, boundaries or keys that deny its role secretsmanager:CreateSecret, PutSecretValue, GetSecretValue and ' +
  'DeleteSecret there, or kms:GenerateDataKey and kms:Decrypt on the key of the secrets';

function passing(code: string, message: string): CloudError {
  return new CloudError('transient', code, message, { operation: 'device secrets' });
}
