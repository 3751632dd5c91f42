import { App, CfnElement, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DeviceBatchProvider, Devices } from '../../lib';
import { BATCH, lights, like, resource, resources, town } from './town';

const LAMBDA = 'AWS::Lambda::Function';

/** Asset hashes change with the bytes of the handler and with the version of the CDK; templates are compared without. */
function templateOf(stack: Stack): unknown {
  const text = JSON.stringify(Template.fromStack(stack).toJSON()).replace(/[0-9a-f]{64}\.zip/g, '<asset>.zip');
  return JSON.parse(text);
}

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
    for (const role of ['OnEventRole', 'IsCompleteRole']) {
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
          Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
          Resource: { 'Fn::Join': ['', [bucketArn, '/*']] },
        },
        { Effect: 'Allow', Action: 's3:ListBucket', Resource: bucketArn },
      ]);
    }
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
  test('the functions of the handler get its subnets and groups, and the batch keeps the way out open', () => {
    const stack = town();
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 1 });
    const group = new SecurityGroup(stack, 'Group', { vpc });
    const provider = new DeviceBatchProvider(stack, 'Provider', { vpc, securityGroups: [group] });
    lights(stack, { provider });
    const inVpc = Object.values(resources(stack, LAMBDA)).filter(({ Properties }) => 'VpcConfig' in Properties);
    expect(inVpc.map(({ Properties }) => Properties.Handler)).toEqual(['index.onEvent', 'index.isComplete']);
    for (const { Properties } of inVpc) {
      expect(Properties.VpcConfig).toEqual({
        SecurityGroupIds: [stack.resolve(group.securityGroupId)],
        SubnetIds: [stack.resolve(vpc.privateSubnets[0]?.subnetId)],
      });
    }
    const waitsFor = resource(stack, BATCH).DependsOn;
    expect(waitsFor).toContainEqual(like(/^VpcPrivateSubnet1DefaultRoute/));
    expect(waitsFor).toContainEqual(like(/^Group/));
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

  test('is emptied after the batches have been deleted, not before', () => {
    const stack = town();
    lights(stack);
    const emptier = Object.keys(Template.fromStack(stack).findResources('Custom::S3AutoDeleteObjects'));
    expect(emptier).toHaveLength(1);
    expect(resource(stack, BATCH).DependsOn).toEqual(
      expect.arrayContaining([
        ...emptier,
        'DeviceBatchProviderStore65C0F529',
        'DeviceBatchProviderStorePolicyB9D465D2',
      ]),
    );
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
