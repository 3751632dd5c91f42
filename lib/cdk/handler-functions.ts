import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct, type IDependable } from 'constructs';
import { environment as handlerVariables } from '../batch/contract/environment';
import { acknowledge, wildcardOn } from './acknowledge';
import { countBatches } from './batches-of-stack';
import { handlerBundle } from './handler-bundle';
import { functionRole, logGroup } from './logs';
import { grantStore } from './store-bucket';
import { SynthesisError } from './synthesis-error';

/** What the functions of the handler are made from; the provider's props say what each member means. */
export interface HandlerFunctionsProps {
  readonly store: Bucket;
  readonly vpc?: IVpc;
  readonly vpcSubnets?: SubnetSelection;
  readonly securityGroups?: ISecurityGroup[];
  readonly environment?: { [name: string]: string };
  readonly logRetention?: RetentionDays;
  readonly runtime?: Runtime;
}

/** The two functions that the provider framework calls, both from one bundle. */
export class HandlerFunctions extends Construct {
  /** Records what an event asks for. Calls no cloud, so that it needs no keys. */
  readonly onEvent: LambdaFunction;
  /** Works on it, again and again, until it is done. */
  readonly isComplete: LambdaFunction;
  readonly isCompleteRole: Role;
  /** What must stay for as long as the functions have work to do: routes to the cloud, and rules that open them. */
  readonly network: IDependable[];

  constructor(scope: Construct, id: string, props: HandlerFunctionsProps) {
    super(scope, id);
    validateRuntime(this, props.runtime);
    validateEnvironment(this, props.environment);
    validateNetwork(this, props);
    const logs = logGroup(this, 'Logs', props.logRetention);

    this.onEvent = handlerFunction(this, 'OnEvent', props, logs, {
      handler: 'index.onEvent',
      description: 'Records what CloudFormation asks of a batch of IoT devices',
      timeout: Duration.seconds(60),
      memorySize: 256,
      role: handlerRole(this, 'OnEventRole', props, logs, { clear: false }),
    });
    this.isCompleteRole = handlerRole(this, 'IsCompleteRole', props, logs, { clear: true });
    this.isComplete = handlerFunction(this, 'IsComplete', props, logs, {
      handler: 'index.isComplete',
      description: 'Registers and deletes batches of IoT devices',
      timeout: Duration.seconds(300),
      memorySize: 512,
      role: this.isCompleteRole,
    });
    // With the endpoints of the VPC: through them the handler may reach what it needs.
    this.network = props.vpc ? [props.vpc, ...(props.securityGroups ?? [])] : [];
  }
}

interface FunctionTraits {
  handler: string;
  description: string;
  timeout: Duration;
  memorySize: number;
  role: Role;
}

function handlerFunction(
  scope: Construct,
  id: string,
  { store, environment, runtime = Runtime.NODEJS_24_X, vpc, vpcSubnets, securityGroups }: HandlerFunctionsProps,
  logs: LogGroup,
  traits: FunctionTraits,
): LambdaFunction {
  return new LambdaFunction(scope, id, {
    ...traits,
    code: Code.fromAsset(handlerBundle()),
    runtime,
    environment: {
      ...environment,
      [handlerVariables.storeBucket]: store.bucketName,
      [handlerVariables.rateShare]: Lazy.string({ produce: () => String(countBatches(Stack.of(scope))) }),
    },
    logGroup: logs,
    vpc,
    vpcSubnets,
    securityGroups,
  });
}

function handlerRole(
  scope: Construct,
  id: string,
  { store, vpc }: HandlerFunctionsProps,
  logs: LogGroup,
  rights: { clear: boolean },
): Role {
  const role = functionRole(scope, id, logs);
  grantStore(role, store, rights);
  if (vpc) grantNetworkInterfaces(role);
  return role;
}

/**
 * What Lambda does on behalf of a function in a VPC (docs.aws.amazon.com/lambda, "Giving Lambda functions access to
 * resources in an Amazon VPC"). AWS's managed policy for it would allow to create log groups as well.
 */
function grantNetworkInterfaces(role: Role): void {
  role.addToPolicy(
    new PolicyStatement({
      actions: [
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:DeleteNetworkInterface',
        'ec2:AssignPrivateIpAddresses',
        'ec2:UnassignPrivateIpAddresses',
      ],
      resources: ['*'],
    }),
  );
  acknowledge(role, { [wildcardOn('*')]: 'Lambda asks for these rights on all network interfaces, and checks it' });
}

function validateRuntime(scope: Construct, runtime: Runtime | undefined): void {
  const offered = [Runtime.NODEJS_24_X.name, Runtime.NODEJS_22_X.name];
  if (runtime === undefined || offered.includes(runtime.name)) return;
  throw new SynthesisError(scope, 'InvalidRuntime', `runtime is ${runtime.name}; use ${offered.join(' or ')}`);
}

function validateEnvironment(scope: Construct, environment: { [name: string]: string } = {}): void {
  const taken = Object.values(handlerVariables).filter((name) => name in environment);
  if (taken.length === 0) return;
  throw new SynthesisError(
    scope,
    'InvalidEnvironment',
    `environment sets ${taken.join(' and ')}, by which the construct speaks to the handler: leave it out`,
  );
}

function validateNetwork(scope: Construct, { vpc, vpcSubnets, securityGroups }: HandlerFunctionsProps): void {
  if (vpc !== undefined || (vpcSubnets === undefined && securityGroups === undefined)) return;
  throw new SynthesisError(scope, 'VpcMissing', 'vpcSubnets and securityGroups need a vpc: give it, or leave them out');
}
