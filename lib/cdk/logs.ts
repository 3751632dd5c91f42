import { RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** A log group that ends with the stack. Without one of ours Lambda makes its own, which keep everything for ever. */
export function logGroup(scope: Construct, id: string, retention = RetentionDays.THREE_MONTHS): LogGroup {
  return new LogGroup(scope, id, { retention, removalPolicy: RemovalPolicy.DESTROY });
}

/**
 * A role for functions that may write to their log group, but not create one: with the policy that Lambda's roles get by
 * default, the last lines of a function that is being deleted would bring the log group back.
 */
export function functionRole(scope: Construct, id: string, logs: LogGroup): Role {
  const role = new Role(scope, id, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logs.grantWrite(role);
  return role;
}
