import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** A log group that ends with the stack. Without one of ours Lambda makes its own, which keep everything for ever. */
export function logGroup(scope: Construct, id: string, retention = RetentionDays.THREE_MONTHS): LogGroup {
  return new LogGroup(scope, id, { retention, removalPolicy: RemovalPolicy.DESTROY });
}
