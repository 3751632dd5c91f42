import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../lib/batch/ports/clock';
import { CloudError, type CloudErrorKind } from '../lib/batch/ports/cloud';
import type { CredentialSource } from '../lib/clouds/http/credentials';
import { redact } from '../lib/clouds/http/redact';
import { awsFailureOf, PROPAGATION_MS } from '../lib/stores/aws-failure';

/** Reads the text of a secret by its ARN or name; undefined if it holds none. */
export type ReadSecret = (id: string) => Promise<string | undefined>;

/** Reads from AWS Secrets Manager. */
export function secretsManager(client: SecretsManagerClient): ReadSecret {
  return async (SecretId) => (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString;
}

/**
 * The clouds' keys, each secret read once an invocation, and again when a cloud refuses them. The text is parsed by the cloud
 * that it is for; it is in no error and in no log.
 */
export class Secrets {
  private readonly texts = new Map<string, string>();

  constructor(
    private readonly readSecret: ReadSecret,
    private readonly clock: Clock,
  ) {}

  /**
   * The keys in one secret. `since`: when the request began; a grant may take a while from then on.
   *
   * The source throws CloudError: `transient` where a later try may succeed, else `credentials`.
   */
  source(arn: string | undefined, since: number): CredentialSource<string> {
    return async (refresh) => {
      if (arn === undefined) {
        throw unreadable('credentials', 'NoSecret', 'the batch names no secret with the keys of its cloud');
      }
      const known = refresh ? undefined : this.texts.get(arn);
      if (known !== undefined) return known;
      const text = await this.read(arn, since + PROPAGATION_MS);
      this.texts.set(arn, text);
      return text;
    };
  }

  private async read(arn: string, deniedUntil: number): Promise<string> {
    let text: string | undefined;
    try {
      text = await this.readSecret(arn);
    } catch (error) {
      throw this.failure(arn, error, deniedUntil);
    }
    if (text) return text;
    throw unreadable('credentials', 'SecretEmpty', `the secret ${arn} holds no text: put the keys into it as JSON`);
  }

  private failure(arn: string, error: unknown, deniedUntil: number): CloudError {
    const said = redact(error instanceof Error ? `${error.name}: ${error.message}` : String(error), []);
    switch (awsFailureOf(error)) {
      case 'transient':
        return unreadable('transient', 'SecretUnavailable', `the secret ${arn} cannot be read just now (${said})`);
      case 'denied': {
        const kind = this.clock.now() < deniedUntil ? 'transient' : 'credentials';
        const advice = 'allow its role secretsmanager:GetSecretValue, and kms:Decrypt on the key of the secret';
        return unreadable(kind, 'SecretDenied', `the handler may not read the secret ${arn} (${said}): ${advice}`);
      }
      case 'missing':
        return unreadable('credentials', 'SecretMissing', `there is no secret ${arn}: create it, or name another`);
      case 'other':
        return unreadable('credentials', 'SecretUnreadable', `the secret ${arn} cannot be read (${said})`);
    }
  }
}

function unreadable(kind: CloudErrorKind, code: string, message: string): CloudError {
  return new CloudError(kind, code, `${message} [${code}]`, { operation: 'read the secret' });
}
