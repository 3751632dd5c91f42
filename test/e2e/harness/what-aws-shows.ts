import {
  CloudFormationClient,
  GetTemplateCommand,
  paginateDescribeStackEvents,
  paginateDescribeStacks,
} from '@aws-sdk/client-cloudformation';
import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import {
  paginateGetExecutionHistory,
  paginateListExecutions,
  paginateListStateMachines,
  SFNClient,
} from '@aws-sdk/client-sfn';
import type { Aws } from '../../../local-aws';

/** Texts by the place where they can be read. */
export type Places = Readonly<Record<string, readonly string[]>>;

/** Everything that somebody with read access to the account, but not to secrets and buckets, gets to see. */
export async function whatAwsShows(aws: Aws): Promise<Places> {
  const [cloudFormation, logs, functions, executions] = await Promise.all([
    inCloudFormation(new CloudFormationClient(aws.client)),
    inLogs(new CloudWatchLogsClient(aws.client)),
    inFunctions(new LambdaClient(aws.client)),
    inExecutions(new SFNClient(aws.client)),
  ]);
  return { ...cloudFormation, logs, functions, executions };
}

async function inCloudFormation(client: CloudFormationClient): Promise<Places> {
  const stacks: unknown[] = [];
  const templates: string[] = [];
  const events: unknown[] = [];
  for await (const page of paginateDescribeStacks({ client }, {})) {
    for (const stack of page.Stacks ?? []) {
      stacks.push(stack);
      const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName: stack.StackId }));
      templates.push(TemplateBody ?? '');
      for await (const { StackEvents = [] } of paginateDescribeStackEvents({ client }, { StackName: stack.StackId })) {
        events.push(...StackEvents);
      }
    }
  }
  return { 'stacks and outputs': texts(stacks), templates, 'stack events': texts(events) };
}

async function inLogs(client: CloudWatchLogsClient): Promise<string[]> {
  const lines: string[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {})) {
    for (const { logGroupName } of logGroups) {
      for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName })) {
        lines.push(...events.map(({ message }) => message ?? ''));
      }
    }
  }
  return lines;
}

async function inFunctions(client: LambdaClient): Promise<string[]> {
  const functions: unknown[] = [];
  for await (const page of paginateListFunctions({ client }, {})) functions.push(...(page.Functions ?? []));
  return texts(functions);
}

/** The framework's waiter hands the whole event from step to step. */
async function inExecutions(client: SFNClient): Promise<string[]> {
  const found: unknown[] = [];
  for await (const { stateMachines = [] } of paginateListStateMachines({ client }, {})) {
    for (const { stateMachineArn } of stateMachines) {
      for await (const { executions = [] } of paginateListExecutions({ client }, { stateMachineArn })) {
        for (const { executionArn } of executions) {
          for await (const page of paginateGetExecutionHistory({ client }, { executionArn })) {
            found.push(...(page.events ?? []));
          }
        }
      }
    }
  }
  return texts(found);
}

const texts = (values: readonly unknown[]): string[] => values.map((value) => JSON.stringify(value));
