import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

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
export function secretStatements(scope: Construct, secret: ISecret): PolicyStatement[] {
  const read = new PolicyStatement({
    actions: ['secretsmanager:GetSecretValue'],
    resources: [secret.secretFullArn ?? `${secret.secretArn}-??????`],
  });
  if (secret.encryptionKey === undefined) return [read];
  const decrypt = new PolicyStatement({
    actions: ['kms:Decrypt'],
    resources: [secret.encryptionKey.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(scope).region}.amazonaws.com` } },
  });
  return [read, decrypt];
}
