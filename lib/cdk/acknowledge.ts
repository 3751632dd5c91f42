import { type CfnResource, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Says why findings of cdk-nag's AwsSolutions are as they should be, so that nobody who uses the package has to. Each by
 * its whole id and at the construct that it is about: another one of the same rule is still reported.
 *
 * @param findings reasons by ids, e.g. `{ 'AwsSolutions-S1': '…' }`.
 */
export function acknowledge(construct: IConstruct, findings: Record<string, string>): void {
  for (const [id, reason] of Object.entries(findings)) {
    construct.node.addMetadata(METADATA_KEY, { [`Annotation::${id}`]: reason });
  }
}

/** The id of the finding that a policy names all of something, e.g. all objects of a bucket. */
export function wildcardOn(resource: string): string {
  return `AwsSolutions-IAM5[Resource::${resource}]`;
}

/** How the ids of findings name a resource of this stack. */
export function arnInFindings(construct: IConstruct): string {
  const { logicalId } = construct.node.defaultChild as CfnResource;
  return `<${String(Stack.of(construct).resolve(logicalId))}.Arn>`;
}

/** How the ids of findings write text in which something is known at deployment only: `arn:<AWS::Partition>:…`. */
export function textInFindings(scope: IConstruct, text: string): string {
  const resolved = Stack.of(scope).resolve(text) as string | { 'Fn::Join': [string, (string | { Ref: string })[]] };
  if (typeof resolved === 'string') return resolved;
  const [between, parts] = resolved['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join(between);
}

/**
 * What `Validations.of(…).acknowledge()` of aws-cdk-lib ≥ 2.254 writes, cdk-nag ≥ 3 reads, and older ones ignore. Calling
 * it would shut out who has an older CDK.
 */
const METADATA_KEY = 'aws:cdk:acknowledged-rules';
