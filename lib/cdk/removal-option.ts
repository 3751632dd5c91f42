import { RemovalPolicy } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { BatchOptions } from '../batch/contract/options';
import { SynthesisError } from './synthesis-error';

/** What the CDK's policy means for devices: CloudFormation itself always deletes the resource, so that the handler hears of it. */
export function removalOption(
  scope: IConstruct,
  policy: RemovalPolicy = RemovalPolicy.DESTROY,
): BatchOptions['removalPolicy'] {
  switch (policy) {
    case RemovalPolicy.DESTROY:
      return 'destroy';
    case RemovalPolicy.RETAIN:
    case RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE:
      return 'retain';
    case RemovalPolicy.SNAPSHOT:
      throw new SynthesisError(
        scope,
        'InvalidRemovalPolicy',
        `removalPolicy is ${policy}, which devices do not have: use DESTROY or RETAIN`,
      );
  }
}
