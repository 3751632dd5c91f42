import { CfnResource, Stack } from 'aws-cdk-lib';

/** The type of a batch's resource in templates. */
export const RESOURCE_TYPE = 'Custom::IotDeviceBatch';

/** How many batches a stack has, whichever provider they use. Nested stacks have records and handlers of their own. */
export function countBatches(stack: Stack): number {
  const ofStack = stack.node.findAll().filter((node) => CfnResource.isCfnResource(node) && Stack.of(node) === stack);
  return ofStack.filter((node) => (node as CfnResource).cfnResourceType === RESOURCE_TYPE).length;
}
