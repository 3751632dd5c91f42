import { App, CfnElement, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { DeviceBatchProvider, Devices } from '../../lib';
import { EMPTYING_SECONDS } from '../../lib/batch/contract';
import { BATCH, lights, like, resource, resources, town } from './town';

const LAMBDA = 'AWS::Lambda::Function';
const STORE = 'Custom::IotDeviceBatchStore';

/** Asset hashes change with the bytes of the handler and with the version of the CDK; templates are compared without. */
function templateOf(stack: Stack): unknown {
  const text = JSON.stringify(Template.fromStack(stack).toJSON()).replace(/[0-9a-f]{64}\.zip/g, '<asset>.zip');
  return JSON.parse(text);
}

/** All that the policies of a stack allow, each as often as it is allowed. */
function actions(stack: Stack): string[] {
  return Object.values(resources(stack, 'AWS::IAM::Policy'))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .flatMap(({ Action }) => Action as string | string[]);
}

describe('what the bucket holds', () => {
  const ends = (stack: Stack) => ({
    bucket: resource(stack, 'AWS::S3::Bucket').DeletionPolicy,
    retain: resource(stack, STORE).Properties.retain,
  });

  test('is deleted with the stack, and so is the bucket', () => {
    const stack = town();
    lights(stack);
    expect(ends(stack)).toEqual({ bucket: 'Delete', retain: undefined });
  });

  test('stays with the bucket where a batch retains its devices, whichever comes first', () => {
    const stack = town();
    lights(stack);
    lights(stack, { devices: Devices.named(['gate']), removalPolicy: RemovalPolicy.RETAIN }, 'Gates');
    expect(ends(stack)).toEqual({ bucket: 'Retain', retain: true });
  });

  test('is deleted by the provider of the batches, after them and before whatever that takes', () => {
    const stack = town();
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 1 });
    lights(stack, { provider: new DeviceBatchProvider(stack, 'Provider', { vpc }) });
    const [id] = Object.keys(resources(stack, STORE));
    const { DependsOn, Properties } = resource(stack, STORE);
    const batch = resource(stack, BATCH);
    expect(Properties.ServiceToken).toEqual(batch.Properties.ServiceToken);
    expect(batch.DependsOn).toContain(id);
    // All that a batch needs but the key of its cloud, which nothing is deleted with any more.
    const others = batch.DependsOn.filter((each) => each !== id && !each.startsWith('ProviderReadKeys'));
    expect(DependsOn).toEqual(others);
    for (const part of [
      /^ProviderStore/,
      /^ProviderStorePolicy/,
      /EventInvokeConfig/,
      /^VpcPrivateSubnet1DefaultRoute/,
    ]) {
      expect(DependsOn).toContainEqual(like(part));
    }
  });

  test('may take half an hour to go, its answer included', () => {
    const stack = town();
    lights(stack);
    expect(resource(stack, STORE).Properties.ServiceTimeout).toBe('1800');
    expect(EMPTYING_SECONDS).toBe(1500);
  });

  test('goes without a function of the CDK for it, which would ask nobody', () => {
    const stack = town();
    lights(stack);
    expect(resources(stack, 'Custom::S3AutoDeleteObjects')).toEqual({});
  });
});

describe('one provider', () => {
  test('is made by itself and shared by all batches of the stack', () => {
    const stack = town();
    const first = lights(stack);
    const second = lights(stack, { devices: Devices.named(['gate']) }, 'Park');
    expect(second.provider.node.path).toBe('Town/DeviceBatchProvider');
    expect(second.provider === first.provider).toBe(true);
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 1);
  });

  test('may stand beside another in the same stack', () => {
    const stack = town();
    const own = new DeviceBatchProvider(stack, 'Own');
    lights(stack, { provider: own });
    lights(stack, { devices: Devices.named(['gate']) }, 'Park');
    const tokens = Object.values(resources(stack, BATCH)).map((it) => it.Properties.ServiceToken);
    expect(tokens.map((token) => token['Fn::GetAtt'][0])).toEqual([
      like(/^OwnFramework/),
      like(/^DeviceBatchProviderFramework/),
    ]);
  });

  test('keeps its ids for ever, for a deployed batch can neither change its handler nor find records elsewhere', () => {
    const stack = new Stack(new App(), 'Town');
    const batch = lights(stack);
    const frozen = [batch, batch.provider]
      .flatMap((construct) => construct.node.findAll())
      .filter((construct): construct is CfnElement => CfnElement.isCfnElement(construct))
      .map((element) => `${element.node.path} ${String(stack.resolve(element.logicalId))}`);
    expect(frozen).toMatchSnapshot();
  });

  test('and a batch are this template', () => {
    const stack = town();
    lights(stack);
    expect(templateOf(stack)).toMatchSnapshot();
  });
});

describe('the functions', () => {
  test('run on Node.js 24 with time enough, from one bundle, and know the bucket', () => {
    const stack = town();
    lights(stack);
    const template = Template.fromStack(stack);
    const Environment = { Variables: { STORE_BUCKET: { Ref: 'DeviceBatchProviderStore65C0F529' } } };
    const common = { Runtime: 'nodejs24.x', Environment };
    template.hasResourceProperties(LAMBDA, { ...common, Handler: 'index.onEvent', Timeout: 60 });
    template.hasResourceProperties(LAMBDA, { ...common, Handler: 'index.isComplete', Timeout: 300, MemorySize: 512 });
    const keys = ['OnEvent9', 'IsComplete'].map(
      (id) => resource(stack, LAMBDA, `DeviceBatchProviderHandler${id}`).Properties.Code.S3Key,
    );
    expect(keys[0]).toBe(keys[1]);
  });

  test('have no reserved concurrency, which would starve every other batch', () => {
    const stack = town();
    lights(stack);
    Template.fromStack(stack).resourcePropertiesCountIs(LAMBDA, { ReservedConcurrentExecutions: Match.anyValue() }, 0);
  });

  test('may do with the bucket exactly what they do, and cannot create log groups', () => {
    const stack = town();
    lights(stack);
    const bucketArn = { 'Fn::GetAtt': ['DeviceBatchProviderStore65C0F529', 'Arn'] };
    const records = ['s3:GetObject', 's3:PutObject'];
    for (const [role, actions] of Object.entries({
      OnEventRole: records,
      IsCompleteRole: [...records, 's3:DeleteObject'],
    })) {
      const id = `DeviceBatchProviderHandler${role}`;
      expect(resource(stack, 'AWS::IAM::Role', id).Properties.ManagedPolicyArns).toBeUndefined();
      expect(resource(stack, 'AWS::IAM::Policy', id).Properties.PolicyDocument.Statement).toEqual([
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: { 'Fn::GetAtt': [like(/^DeviceBatchProviderHandlerLogs/), 'Arn'] },
        },
        {
          Effect: 'Allow',
          Action: actions,
          Resource: { 'Fn::Join': ['', [bucketArn, '/*']] },
        },
        { Effect: 'Allow', Action: 's3:ListBucket', Resource: bucketArn },
      ]);
    }
  });

  test("of the CDK's framework cannot create log groups either, which would outlive the stack", () => {
    const stack = town();
    lights(stack);
    const roles = Object.entries(resources(stack, 'AWS::IAM::Role')).filter(([id]) =>
      id.startsWith('DeviceBatchProvider'),
    );
    expect(roles.map(([id]) => id)).toHaveLength(5);
    for (const [, { Properties }] of roles) expect(Properties.ManagedPolicyArns).toBeUndefined();
    const framework = Object.values(resources(stack, LAMBDA)).filter(({ Properties }) =>
      String(Properties.Handler).startsWith('framework.'),
    );
    expect(framework.map(({ Properties }) => Properties.LoggingConfig)).toEqual(
      Array(3).fill(expect.objectContaining({ LogGroup: { Ref: like(/^DeviceBatchProviderFrameworkLogs/) } })),
    );
    expect(actions(stack).filter((action) => action.startsWith('logs:'))).toEqual(
      Array(4).fill(['logs:CreateLogStream', 'logs:PutLogEvents']).flat(),
    );
  });

  test('are asked every five seconds for an hour, and get no event that is older than a minute', () => {
    const stack = town();
    lights(stack);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      DefinitionString: {
        'Fn::Join': [
          '',
          Match.arrayWith([Match.stringLikeRegexp('"IntervalSeconds":5,"MaxAttempts":720,"BackoffRate":1')]),
        ],
      },
    });
    expect(resource(stack, 'AWS::Lambda::EventInvokeConfig').Properties).toEqual({
      FunctionName: { Ref: resource(stack, BATCH).Properties.ServiceToken['Fn::GetAtt'][0] },
      Qualifier: '$LATEST',
      MaximumEventAgeInSeconds: 60,
    });
  });

  test('run on Node.js 22 if asked, and on nothing else', () => {
    const stack = town();
    new DeviceBatchProvider(stack, 'Provider', { runtime: Runtime.NODEJS_22_X });
    Template.fromStack(stack).hasResourceProperties(LAMBDA, { Handler: 'index.isComplete', Runtime: 'nodejs22.x' });
    expect(() => new DeviceBatchProvider(town(), 'Provider', { runtime: Runtime.NODEJS_20_X })).toThrow(
      'runtime is nodejs20.x; use nodejs24.x or nodejs22.x [InvalidRuntime]',
    );
  });

  test('keep their logs as long as asked, and take them along when the stack ends', () => {
    const stack = town();
    new DeviceBatchProvider(stack, 'Provider', { logRetention: RetentionDays.ONE_WEEK });
    const groups = Object.values(resources(stack, 'AWS::Logs::LogGroup'));
    expect(groups.map(({ Properties, DeletionPolicy }) => [Properties.RetentionInDays, DeletionPolicy])).toEqual([
      [7, 'Delete'],
      [7, 'Delete'],
    ]);
  });

  test('get the environment of a proxy, but not another bucket', () => {
    const stack = town();
    new DeviceBatchProvider(stack, 'Provider', { environment: { HTTPS_PROXY: 'http://proxy:3128' } });
    Template.fromStack(stack).hasResourceProperties(LAMBDA, {
      Handler: 'index.isComplete',
      Environment: { Variables: { HTTPS_PROXY: 'http://proxy:3128', STORE_BUCKET: Match.anyValue() } },
    });
    expect(() => new DeviceBatchProvider(town(), 'Provider', { environment: { STORE_BUCKET: 'mine' } })).toThrow(
      'environment sets STORE_BUCKET, by which the construct speaks to the handler: leave it out [InvalidEnvironment]',
    );
  });
});

describe('in a VPC', () => {
  const inVpc = (stack: Stack) =>
    Object.values(resources(stack, LAMBDA)).filter(({ Properties }) => 'VpcConfig' in Properties);

  test('the functions of the handler get its private subnets and the groups', () => {
    const stack = town();
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 1 });
    const group = new SecurityGroup(stack, 'Group', { vpc });
    lights(stack, { provider: new DeviceBatchProvider(stack, 'Provider', { vpc, securityGroups: [group] }) });
    expect(inVpc(stack).map(({ Properties }) => Properties.Handler)).toEqual(['index.onEvent', 'index.isComplete']);
    for (const { Properties } of inVpc(stack)) {
      expect(Properties.VpcConfig).toEqual({
        SecurityGroupIds: [stack.resolve(group.securityGroupId)],
        SubnetIds: [stack.resolve(vpc.privateSubnets[0]?.subnetId)],
      });
    }
  });

  test('they get the subnets that are chosen, and without a group one each that lets nothing in', () => {
    const stack = town();
    const vpc = new Vpc(stack, 'Vpc', {
      maxAzs: 1,
      natGateways: 0,
      subnetConfiguration: [{ name: 'Iot', subnetType: SubnetType.PRIVATE_ISOLATED }],
    });
    new DeviceBatchProvider(stack, 'Provider', { vpc, vpcSubnets: { subnetGroupName: 'Iot' } });
    for (const { Properties } of inVpc(stack)) {
      expect(Properties.VpcConfig).toEqual({
        SecurityGroupIds: [{ 'Fn::GetAtt': [like(/^ProviderHandler(OnEvent|IsComplete)SecurityGroup/), 'GroupId'] }],
        SubnetIds: [stack.resolve(vpc.isolatedSubnets[0]?.subnetId)],
      });
    }
    const groups = Object.values(resources(stack, 'AWS::EC2::SecurityGroup'));
    expect(groups.map(({ Properties }) => Properties.SecurityGroupIngress)).toEqual([undefined, undefined]);
  });

  test('they may have network interfaces, but still create no log groups', () => {
    const stack = town();
    new DeviceBatchProvider(stack, 'Provider', { vpc: new Vpc(stack, 'Vpc', { maxAzs: 1 }) });
    for (const role of ['OnEventRole', 'IsCompleteRole']) {
      expect(resource(stack, 'AWS::IAM::Role', `ProviderHandler${role}`).Properties.ManagedPolicyArns).toBeUndefined();
    }
    expect(actions(stack).filter((action) => action === 'ec2:CreateNetworkInterface')).toHaveLength(2);
    expect(actions(stack)).not.toContain('logs:CreateLogGroup');
  });

  test('a batch is deleted before its ways out: routes, endpoints and groups', () => {
    const stack = town();
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 1 });
    vpc.addInterfaceEndpoint('Secrets', { service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER });
    vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 });
    const group = new SecurityGroup(stack, 'Group', { vpc });
    lights(stack, { provider: new DeviceBatchProvider(stack, 'Provider', { vpc, securityGroups: [group] }) });
    const waitsFor = resource(stack, BATCH).DependsOn;
    for (const way of [/^VpcPrivateSubnet1DefaultRoute/, /^VpcSecrets/, /^VpcS3/, /^Group/]) {
      expect(waitsFor).toContainEqual(like(way));
    }
  });

  test('of another stack a batch may live as well, for which the whole stack waits', () => {
    const app = new App();
    const network = new Stack(app, 'Network');
    const stack = new Stack(app, 'Town');
    const vpc = new Vpc(network, 'Vpc', { maxAzs: 1 });
    lights(stack, { provider: new DeviceBatchProvider(stack, 'Provider', { vpc }) });
    expect(inVpc(stack)).toHaveLength(2);
    expect(stack.dependencies.map(({ node }) => node.id)).toEqual(['Network']);
  });

  test('that is missing, subnets and groups are an error', () => {
    const vpc = new Vpc(town(), 'Vpc');
    expect(() => new DeviceBatchProvider(town(), 'Provider', { vpcSubnets: { subnets: vpc.privateSubnets } })).toThrow(
      'vpcSubnets and securityGroups need a vpc: give it, or leave them out [VpcMissing]',
    );
  });
});

describe('the bucket', () => {
  test('is private, encrypted, reached by TLS only, unversioned, and ends with the stack', () => {
    const stack = town();
    lights(stack);
    const bucket = resource(stack, 'AWS::S3::Bucket');
    expect(bucket.DeletionPolicy).toBe('Delete');
    expect(bucket.Properties).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    expect(bucket.Properties.VersioningConfiguration).toBeUndefined();
    expect(resource(stack, 'AWS::S3::BucketPolicy').Properties.PolicyDocument.Statement[0]).toMatchObject({
      Effect: 'Deny',
      Action: 's3:*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
  });

  test('tells in a bucket for access logs, below the path of its provider, who read what', () => {
    const stack = town();
    const accessLogsBucket = new Bucket(stack, 'AccessLogs');
    lights(stack, { provider: new DeviceBatchProvider(stack, 'Provider', { accessLogsBucket }) });
    expect(resource(stack, 'AWS::S3::Bucket', 'ProviderStore').Properties.LoggingConfiguration).toEqual({
      DestinationBucketName: stack.resolve(accessLogsBucket.bucketName) as unknown,
      LogFilePrefix: 'Town/Provider/',
    });
  });

  test('takes a key, which both functions may use', () => {
    const stack = town();
    const encryptionKey = new Key(stack, 'Key');
    lights(stack, { provider: new DeviceBatchProvider(stack, 'Provider', { encryptionKey }) });
    const keyArn: unknown = stack.resolve(encryptionKey.keyArn);
    expect(resource(stack, 'AWS::S3::Bucket').Properties.BucketEncryption.ServerSideEncryptionConfiguration).toEqual([
      { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn } },
    ]);
    for (const role of ['OnEventRole', 'IsCompleteRole']) {
      const { Statement } = resource(stack, 'AWS::IAM::Policy', `ProviderHandler${role}`).Properties.PolicyDocument;
      expect(Statement).toContainEqual({
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: keyArn,
      });
    }
  });
});
