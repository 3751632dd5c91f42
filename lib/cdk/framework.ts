import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import type { Construct, IConstruct } from 'constructs';
import { acknowledge, arnInFindings, wildcardOn } from './acknowledge';
import type { HandlerFunctions } from './handler-functions';
import { functionRole, logGroup } from './logs';

/** What CloudFormation talks to, and what has to stay until it has had its answers. */
export interface Entrance {
  readonly serviceToken: string;
  readonly foundation: IConstruct;
}

/**
 * The CDK's provider framework, which hands CloudFormation's events to the handler, asks it every five seconds whether
 * it is done, and sends the answer.
 */
export function framework(scope: Construct, handler: HandlerFunctions, retention?: RetentionDays): Entrance {
  const logs = logGroup(scope, 'FrameworkLogs', retention);
  const onEventRole = functionRole(scope, 'FrameworkOnEventRole', logs);
  const isCompleteRole = functionRole(scope, 'FrameworkIsCompleteRole', logs);
  const provider = new Provider(scope, 'Framework', {
    onEventHandler: handler.onEvent,
    isCompleteHandler: handler.isComplete,
    queryInterval: Duration.seconds(5),
    totalTimeout: Duration.hours(1),
    logGroup: logs,
    frameworkOnEventRole: onEventRole,
    frameworkCompleteAndTimeoutRole: isCompleteRole,
  });
  for (const role of [onEventRole, isCompleteRole]) acknowledgeInvoking(role, handler.onEvent, handler.isComplete);
  acknowledgeWaiter(provider);
  return { serviceToken: provider.serviceToken, foundation: refuseLateEvents(provider) };
}

/**
 * CloudFormation's events arrive asynchronously, and Lambda keeps one for six hours by default. An event that is older
 * than a minute was overtaken by its successor, whose work it would undo.
 */
function refuseLateEvents(provider: Provider): IConstruct {
  const onEvent = provider.node.findChild('framework-onEvent') as LambdaFunction;
  onEvent.configureAsyncInvoke({ maxEventAge: Duration.seconds(60) });
  return onEvent.node.findChild('EventInvokeConfig');
}

function acknowledgeWaiter(provider: Provider): void {
  const waiter = provider.node.findChild('waiter-state-machine');
  const called = ['framework-isComplete', 'framework-onTimeout'].map((id) => provider.node.findChild(id));
  acknowledgeInvoking(waiter, ...(called as LambdaFunction[]));
  acknowledge(waiter, {
    'AwsSolutions-SF1':
      'it calls one function every five seconds until that is done; the log of the handler tells what was done, and a log ' +
      'of the state machine would need rights to all log groups of the account',
    'AwsSolutions-SF2':
      "the CDK's provider framework cannot switch tracing on; the log of the handler tells what was done",
  });
}

function acknowledgeInvoking(caller: IConstruct, ...functions: LambdaFunction[]): void {
  const findings = functions.map((called) => [
    wildcardOn(`${arnInFindings(called)}:*`),
    "versions of the one function that it exists to call: the CDK's grantInvoke() includes them",
  ]);
  acknowledge(caller, Object.fromEntries(findings) as Record<string, string>);
}
