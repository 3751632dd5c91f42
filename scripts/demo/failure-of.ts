import { CloudFormationClient, DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import type { Aws } from '../../local-aws';

/** Why the first resource of the stack failed, as CloudFormation shows it. */
export async function failureOf(aws: Aws, StackName: string): Promise<string> {
  const client = new CloudFormationClient(aws.client);
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
  const failed = StackEvents.filter((event) => event.ResourceStatus === 'CREATE_FAILED').at(-1);
  if (!failed?.ResourceStatusReason) throw new Error(`no resource of ${StackName} has failed`);
  // What follows is the provider framework's: where its log is, and its stack trace.
  return failed.ResourceStatusReason.split('\n')[0]!;
}
