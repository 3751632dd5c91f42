import { ArnFormat, ScopedAws, Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable, Policy, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct, IConstruct } from 'constructs';
import {
  type DeviceCredentialsOption,
  secretName,
  secretsOfBatch,
  secretsPrefix,
} from '../batch/contract/device-secrets';
import { acknowledge, textInFindings, wildcardOn } from './acknowledge';
import type { DeviceCredentials } from './device-credentials';
import { fingerprint } from './secret-access';

/** Where the secrets of devices are kept, as it travels. */
export function credentialsOption(
  scope: Construct,
  { _place, _encryptionKey }: DeviceCredentials,
): DeviceCredentialsOption {
  if (_place !== 'secretsManager') return _place;
  const encryptionKey = _encryptionKey && { encryptionKey: _encryptionKey.keyArn };
  return { secretsManager: { prefix: prefixOf(scope), ...encryptionKey } };
}

/** The name of a device's secret, in a batch and generation that are known at deployment. */
export function deviceSecretName(scope: Construct, batchId: string, generationId: string, device: string): string {
  return secretName(prefixOf(scope), batchId, generationId, device);
}

/**
 * Lets the handler keep the secrets of devices, below the stack's own prefix. What it returns a batch has to wait for.
 *
 * Policies of their own, like those for the clouds' keys: when the last batch leaves Secrets Manager, or a batch moves to another
 * key, what it had there is read and deleted after the role's own policy has changed. One for all batches, and one for each key.
 */
export function grantDeviceSecrets(scope: Construct, role: Role, key: IKey | undefined): IConstruct[] {
  const secrets = find(scope, 'DeviceSecrets') ?? secretsPolicy(scope, 'DeviceSecrets', role);
  if (!key) return [secrets];
  const id = `DeviceSecretsKey${fingerprint(key.keyArn, key)}`;
  const actions = ['kms:Decrypt', 'kms:GenerateDataKey'];
  const conditions = throughSecretsManager(scope);
  const statements = [new PolicyStatement({ actions, resources: [key.keyArn], conditions })];
  return [secrets, find(scope, id) ?? new Policy(scope, id, { statements, roles: [role] })];
}

/** Lets the grantee read the secrets of one batch's devices. */
export function grantReadDeviceSecrets(
  scope: Construct,
  grantee: IGrantable,
  batchId: string,
  key: IKey | undefined,
): Grant {
  const resources = secretArn(scope, `${secretsOfBatch(prefixOf(scope), batchId)}*`);
  const actions = ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'];
  // In the grantee's own policies only: the key's would name the grantee, while the batch waits for the key.
  const grants = [
    Grant.addToPrincipal({ grantee, actions, resourceArns: [resources] }),
    ...(key
      ? [
          Grant.addToPrincipal({
            grantee,
            actions: ['kms:Decrypt'],
            resourceArns: [key.keyArn],
            conditions: throughSecretsManager(scope),
          }),
        ]
      : []),
  ];
  grants.forEach((grant) => grant.assertSuccess());
  return grants.reduce((all, grant) => all.combine(grant));
}

/** A template may be deployed under any name, and others that use the name of a secret are no part of its stack. */
function prefixOf(scope: Construct): string {
  return secretsPrefix(new ScopedAws(Stack.of(scope)).stackName);
}

function find(scope: Construct, id: string): IConstruct | undefined {
  return scope.node.tryFindChild(id);
}

/** What the handler does with secrets: nothing that would need a list of them. */
function secretsPolicy(scope: Construct, id: string, role: Role): Policy {
  const all = secretArn(scope, `${prefixOf(scope)}/*`);
  const actions = ['CreateSecret', 'PutSecretValue', 'GetSecretValue', 'DeleteSecret'];
  const statements = [
    new PolicyStatement({ actions: actions.map((action) => `secretsmanager:${action}`), resources: [all] }),
  ];
  const policy = new Policy(scope, id, { statements, roles: [role] });
  acknowledge(policy, {
    [wildcardOn(textInFindings(scope, all))]:
      "the secrets of the stack's own devices, which it exists to make and delete",
  });
  return policy;
}

function secretArn(scope: Construct, resourceName: string): string {
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
  return Stack.of(scope).formatArn({ service: 'secretsmanager', resource: 'secret', resourceName, arnFormat });
}

/** A key may be used by way of Secrets Manager only. */
function throughSecretsManager(scope: Construct): { StringEquals: Record<string, string> } {
  return { StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(scope).region}.amazonaws.com` } };
}
