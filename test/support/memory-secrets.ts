import type { DeviceSecrets } from '../../handler/device-secrets';
import type { DeviceCredentialsOption } from '../../lib/batch/contract';

/** What keeps the secrets of a batch in Secrets Manager. */
export const IN_SECRETS_MANAGER = {
  secretsManager: { prefix: 'iot-device-batch/street' },
} as const satisfies DeviceCredentialsOption;

/** Secrets Manager in memory: names are unique, and what is deleted is gone. */
export class MemorySecrets implements DeviceSecrets {
  readonly secrets = new Map<string, { text: string; encryptionKey?: string }>();
  /** Returns the error to fail with, for e.g. `create iot-device-batch/…`. */
  trouble: (call: string) => Error | undefined = () => undefined;

  async create(name: string, text: string, encryptionKey?: string): Promise<'created' | 'exists'> {
    this.meet(`create ${name}`);
    if (this.secrets.has(name)) return 'exists';
    this.secrets.set(name, { text, ...(encryptionKey !== undefined && { encryptionKey }) });
    return 'created';
  }

  async replace(name: string, text: string): Promise<void> {
    this.meet(`replace ${name}`);
    const secret = this.secrets.get(name);
    if (!secret) throw new Error(`there is no secret ${name}`);
    secret.text = text;
  }

  async read(name: string): Promise<string | undefined> {
    this.meet(`read ${name}`);
    return this.secrets.get(name)?.text;
  }

  async delete(name: string): Promise<void> {
    this.meet(`delete ${name}`);
    this.secrets.delete(name);
  }

  /** What is kept, for tests to look at: each secret's members. */
  contents(): Record<string, string>[] {
    return [...this.secrets.values()].map(({ text }) => JSON.parse(text) as Record<string, string>);
  }

  /** The same, with every call going through `through` first. */
  by(through: <T>(what: string, run: () => Promise<T>) => Promise<T>): DeviceSecrets {
    return {
      create: (name, text, key) => through(`secret create ${name}`, () => this.create(name, text, key)),
      replace: (name, text) => through(`secret replace ${name}`, () => this.replace(name, text)),
      read: (name) => through(`secret read ${name}`, () => this.read(name)),
      delete: (name) => through(`secret delete ${name}`, () => this.delete(name)),
    };
  }

  private meet(call: string): void {
    const error = this.trouble(call);
    if (error) throw error;
  }
}
