import { createHash } from 'node:crypto';
import { Stack, Token } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct, IConstruct } from 'constructs';

/**
 * What the handler asks Secrets Manager for: the full ARN, else the name. An ARN without the six characters that Secrets
 * Manager adds to it is the last resort: of a name like `aliyun-secret` it takes the end for those six
 * (docs.aws.amazon.com/secretsmanager, "Search for secrets by partial ARN").
 */
export function secretId(scope: Construct, secret: ISecret): string {
  const { account, region } = Stack.of(scope);
  const isNear = secret.env.account === account && secret.env.region === region;
  return secret.secretFullArn ?? (isNear ? secret.secretName : secret.secretArn);
}

/** What it takes to read one secret, and to decrypt it if it has a key of its own. */
export function secretStatements(secret: ISecret): PolicyStatement[] {
  const read = new PolicyStatement({
    actions: ['secretsmanager:GetSecretValue'],
    resources: [secret.secretFullArn ?? `${secret.secretArn}-??????`],
  });
  if (secret.encryptionKey === undefined) return [read];
  const decrypt = new PolicyStatement({
    actions: ['kms:Decrypt'],
    resources: [secret.encryptionKey.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${secret.env.region}.amazonaws.com` } },
  });
  return [read, decrypt];
}

/** Tells secrets apart in the ids of constructs. */
export function secretFingerprint(scope: Construct, secret: ISecret): string {
  return fingerprint(secretId(scope, secret), secret);
}

/**
 * Tells resources apart in the ids of constructs: by what is known of the ARN or name, so that the same construct with
 * another ARN is another resource, and by the path where something is not.
 */
export function fingerprint(id: string, { node }: IConstruct): string {
  const known = id.replace(/\$\{Token\[[^\]]*\]\}/g, '');
  const hash = createHash('sha256').update(known);
  if (Token.isUnresolved(id)) hash.update(`\n${node.path}`);
  return hash.digest('hex').slice(0, 8).toUpperCase();
}
