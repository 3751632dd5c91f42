import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { CloudReference } from '../batch/contract/cloud-reference';
import { validateReference } from '../batch/contract/cloud-rules';
import type { CloudLimits } from '../batch/contract/limits';
import { refuseTokens } from './refuse-tokens';
import { checkAt } from './synthesis-error';

/**
 * Product, instance and endpoint may be known at deployment only. Alibaba's region may not: it says which product is meant.
 *
 * @throws SynthesisError for the first member that cannot be right.
 */
export function validateCloud(scope: IConstruct, reference: CloudReference, limits: CloudLimits): void {
  if (reference.aliyun) refuseTokens(scope, { region: reference.aliyun.region });
  checkAt(scope, () => validateReference(reference, limits, (value) => !Token.isUnresolved(value)));
}
