import {
  App,
  ArnFormat,
  CfnOutput,
  CfnParameter,
  CfnResource,
  Duration,
  Fn,
  NestedStack,
  RemovalPolicy,
  Stack,
  Token,
} from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AccountPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { parseOptions } from '../../lib/batch/contract';
import {
  AliyunSignature,
  DeviceBatchProvider,
  DeviceCredentials,
  Devices,
  OnExisting,
  OnPartialFailure,
} from '../../lib';
import { BATCH, KEYS_ARN, cloud, keys, lights, like, resource, resources, town } from './town';

/** What the functions of a stack are told of how many batches share the rates. */
function sharesOf(stack: Stack): unknown[] {
  const functions = Object.values(resources(stack, 'AWS::Lambda::Function'));
  return functions.flatMap(({ Properties }) => {
    const variables = (Properties.Environment as { Variables?: Record<string, unknown> } | undefined)?.Variables;
    return variables && 'RATE_SHARE' in variables ? [variables.RATE_SHARE] : [];
  });
}

describe('the resource', () => {
  test('carries the options of the contract and nothing else', () => {
    const stack = town();
    lights(stack, {
      cloud: cloud(stack, { instanceId: 'iot-060a02fl', endpoint: 'http://127.0.0.1:8080' }),
      devices: Devices.sequence({ prefix: 'light-', count: 500, start: 0, pad: 4 }),
      onExisting: OnExisting.adoptOnly(['light-0007']),
      deleteActivated: true,
      onPartialFailure: OnPartialFailure.KEEP,
      removalPolicy: RemovalPolicy.RETAIN,
      deviceCredentials: DeviceCredentials.none(),
      timeout: Duration.minutes(20),
    });
    const { ServiceToken, ServiceTimeout, ...options } = resource(stack, BATCH).Properties;
    expect(ServiceToken).toEqual({ 'Fn::GetAtt': [like(/frameworkonEvent/), 'Arn'] });
    expect(ServiceTimeout).toBe('1500');
    expect(options).toEqual({
      version: 1,
      cloud: {
        aliyun: {
          region: 'cn-shanghai',
          productKey: 'a1BwAGV0001',
          instanceId: 'iot-060a02fl',
          endpoint: 'http://127.0.0.1:8080',
        },
      },
      devices: { sequence: { prefix: 'light-', count: 500, start: 0, pad: 4 } },
      onExisting: { adopt: ['light-0007'] },
      deleteActivated: true,
      onPartialFailure: 'keep',
      removalPolicy: 'retain',
      deviceCredentials: 'none',
      timeoutSeconds: 1200,
      secretArn: KEYS_ARN,
    });
    expect(parseOptions(options)).toEqual(options);
  });

  test('keeps what connected, stores credentials and takes a quarter of an hour by default', () => {
    const stack = town();
    lights(stack);
    expect(resource(stack, BATCH).Properties).toMatchObject({
      deleteActivated: false,
      deviceCredentials: 'store',
      timeoutSeconds: 900,
      ServiceTimeout: '1200',
    });
  });

  test('never makes CloudFormation wait longer than it can', () => {
    const stack = town();
    lights(stack, { devices: Devices.sequence({ prefix: 'light-', count: 100_000 }), timeout: Duration.minutes(55) });
    expect(resource(stack, BATCH).Properties.ServiceTimeout).toBe('3600');
  });

  test('carries the names of a list in the order asked for', () => {
    const stack = town();
    lights(stack, { devices: Devices.named(['square', 'bridge', 'gate']) });
    expect(resource(stack, BATCH).Properties.devices).toEqual({ named: ['square', 'bridge', 'gate'] });
  });

  test('says how calls are signed, where it is told', () => {
    const stack = town();
    lights(stack, { cloud: cloud(stack, { signature: AliyunSignature.HMAC_SHA1 }) });
    expect(resource(stack, BATCH).Properties.cloud.aliyun).toMatchObject({ signature: 'HMAC-SHA1' });
  });

  test.each([
    ['generated names', Devices.generated({ count: 50 }), { generated: { count: 50 } }],
    ['names that the cloud invents', Devices.assignedByCloud(50), { assignedByCloud: { count: 50 } }],
    ['the devices of a job', Devices.fromJob('1295006'), { fromJob: { id: '1295006' } }],
  ])('asks for %s, whose names come with the response where something uses them', (_what, devices, expected) => {
    const unused = town();
    lights(unused, { devices });
    expect(resource(unused, BATCH).Properties).toMatchObject({ devices: expected, namesInResponse: false });

    const used = town();
    const batch = lights(used, { devices });
    new CfnOutput(used, 'Names', { value: Fn.join(',', batch.deviceNames) });
    expect(resource(used, BATCH).Properties).toMatchObject({ namesInResponse: true });
    const { Value } = Template.fromStack(used).findOutputs('Names').Names as { Value: unknown };
    expect(JSON.stringify(Value)).toContain('"DeviceNames"');
  });

  test('refuses at synth to use more names of the cloud’s than a response takes', () => {
    const stack = town();
    const batch = lights(stack, { devices: Devices.assignedByCloud(61) });
    new CfnOutput(stack, 'Names', { value: Fn.join(',', batch.deviceNames) });
    expect(() => Template.fromStack(stack)).toThrow(/61 names.*manifest.*\[NameListTooLong\]/);
  });

  test('takes product, instance and endpoint that are known at deployment only', () => {
    const stack = town();
    const parameter = (id: string) => new CfnParameter(stack, id).valueAsString;
    lights(stack, {
      cloud: cloud(stack, {
        productKey: parameter('Product'),
        instanceId: parameter('Instance'),
        endpoint: parameter('Endpoint'),
      }),
    });
    expect(resource(stack, BATCH).Properties.cloud.aliyun).toEqual({
      region: 'cn-shanghai',
      productKey: { Ref: 'Product' },
      instanceId: { Ref: 'Instance' },
      endpoint: { Ref: 'Endpoint' },
    });
  });

  test('shares the rate of the account with all batches of the stack, whichever provider they have', () => {
    const stack = town();
    const nested = new NestedStack(stack, 'Nested');
    ['a', 'b', 'c'].forEach((id) => lights(stack, { devices: Devices.named([`light-${id}`]) }, id));
    lights(stack, { devices: Devices.named(['gate']), provider: new DeviceBatchProvider(stack, 'Own') }, 'd');
    lights(nested, { devices: Devices.named(['bridge']) }, 'e');
    expect(sharesOf(stack)).toEqual(['4', '4', '4', '4']);
    expect(sharesOf(nested)).toEqual(['1', '1']);
  });
});

describe('the names', () => {
  const ready = { 'Fn::GetAtt': ['StreetLights1B0FEA09', 'Ready'] };
  const waiting = { 'Fn::Split': [',', { 'Fn::Join': ['', ['light-001,light-002,light-003', ready]] }] };

  const rendered = (value: string, stack: Stack) => {
    new CfnOutput(stack, 'Out', { value });
    return (Template.fromStack(stack).findOutputs('Out').Out as { Value: unknown }).Value;
  };

  test('joined wait for the devices', () => {
    const stack = town();
    expect(rendered(Fn.join(',', lights(stack).deviceNames), stack)).toEqual({ 'Fn::Join': [',', waiting] });
  });

  test('picked one by one wait for the devices', () => {
    const stack = town();
    expect(rendered(Fn.select(2, lights(stack).deviceNames), stack)).toEqual({ 'Fn::Select': [2, waiting] });
  });

  test('passed on as a list wait for the devices', () => {
    const stack = town();
    const { deviceNames } = lights(stack);
    new CfnResource(stack, 'Consumer', { type: 'Test::List', properties: { names: deviceNames } });
    expect(resource(stack, 'Test::List').Properties.names).toEqual(waiting);
  });

  test('used by another stack are written out there, and that stack waits', () => {
    // An export of the empty attribute would be refused.
    const app = new App();
    const stack = new Stack(app, 'Town');
    const consumer = new Stack(app, 'Consumer');
    const { deviceNames } = lights(stack);
    const properties = { names: deviceNames, first: Fn.select(0, deviceNames) };
    new CfnResource(consumer, 'Consumer', { type: 'Test::List', properties });
    const names = ['light-001', 'light-002', 'light-003'];
    expect(resource(consumer, 'Test::List').Properties).toEqual({ names, first: { 'Fn::Select': [0, names] } });
    expect(consumer.dependencies.map((it) => it.node.id)).toEqual(['Town']);
    expect(Template.fromStack(stack).toJSON().Outputs).toBeUndefined();
  });

  test('used by a nested stack wait for the devices', () => {
    const stack = town();
    const { deviceNames } = lights(stack);
    const nested = new NestedStack(stack, 'Nested');
    new CfnResource(nested, 'Consumer', { type: 'Test::List', properties: { names: deviceNames } });
    const parameters = resource(stack, 'AWS::CloudFormation::Stack').Properties.Parameters;
    expect(Object.values(parameters)).toEqual([ready]);
  });

  test('that are too long for a template are an error where they are used, which points to the manifest', () => {
    const many = { devices: Devices.sequence({ prefix: 'light-', count: 12_000 }) };
    const unused = town();
    lights(unused, many);
    expect(() => Template.fromStack(unused)).not.toThrow();

    const stack = town();
    const { deviceNames } = lights(stack, many);
    new CfnOutput(stack, 'Out', { value: Fn.join(',', deviceNames) });
    expect(() => Template.fromStack(stack)).toThrow(
      'Town/StreetLights: the list of 12000 names takes 133001 B, at most 100000 B fit into a template: pass on where ' +
        'the manifest is (manifestBucket, manifestKey) and read the names there (grantReadManifest) [NameListTooLong]',
    );
  });
});

describe('the other outputs', () => {
  test('are attributes of the resource', () => {
    const stack = town();
    const { deviceCount, batchId, jobIds, manifestBucket, manifestKey } = lights(stack);
    const attribute = (name: string) => ({ 'Fn::GetAtt': ['StreetLights1B0FEA09', name] });
    expect(stack.resolve({ deviceCount, batchId, manifestBucket, manifestKey })).toEqual({
      deviceCount: attribute('DeviceCount'),
      batchId: attribute('BatchId'),
      manifestBucket: attribute('ManifestBucket'),
      manifestKey: attribute('ManifestKey'),
    });
    expect(stack.resolve(jobIds)).toEqual({ 'Fn::Split': [',', attribute('JobIds')] });
    expect(stack.resolve(Token.asString(deviceCount))).toEqual(attribute('DeviceCount'));
  });
});

describe('grants', () => {
  const reader = (stack: Stack) =>
    new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const bucketArn = { 'Fn::GetAtt': ['DeviceBatchProviderStore65C0F529', 'Arn'] };
  const batchId = { 'Fn::GetAtt': ['StreetLights1B0FEA09', 'BatchId'] };
  const statements = (stack: Stack) =>
    resource(stack, 'AWS::IAM::Policy', 'Reader').Properties.PolicyDocument.Statement as unknown[];

  test.each([
    ['grantReadManifest', 'manifests'],
    ['grantReadCredentials', 'credentials'],
  ] as const)('%s gives the prefix of the batch below %s/ and nothing else', (grant, prefix) => {
    const stack = town();
    lights(stack)[grant](reader(stack));
    expect(statements(stack)).toEqual([
      {
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: { 'Fn::Join': ['', [bucketArn, `/${prefix}/`, batchId, '/*']] },
      },
      {
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: bucketArn,
        Condition: { StringLike: { 's3:prefix': { 'Fn::Join': ['', [`${prefix}/`, batchId, '/*']] } } },
      },
    ]);
  });

  test('let the reader decrypt where the bucket has a key', () => {
    const stack = town();
    const encryptionKey = new Key(stack, 'Key');
    const provider = new DeviceBatchProvider(stack, 'Provider', { encryptionKey });
    lights(stack, { provider }).grantReadManifest(reader(stack));
    expect(statements(stack)).toContainEqual({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: stack.resolve(encryptionKey.keyArn) as unknown,
    });
  });

  test('to whom has no policies of its own are an error, for the bucket cannot name a batch that waits for it', () => {
    const stack = town();
    const batch = lights(stack);
    expect(() => batch.grantReadManifest(new AccountPrincipal('444455556666'))).toThrow(/could not be added/);
  });

  test('of credentials that are not stored are an error', () => {
    const stack = town();
    const batch = lights(stack, { deviceCredentials: DeviceCredentials.none() });
    expect(() => batch.grantReadCredentials(reader(stack))).toThrow(
      'Town/StreetLights: there are no credentials to read, as deviceCredentials is none: set it to ' +
        'DeviceCredentials.store() [NoCredentialsStored]',
    );
  });
});

describe('the keys', () => {
  const readKeys = (stack: Stack) =>
    Object.fromEntries(Object.entries(resources(stack, 'AWS::IAM::Policy')).filter(([id]) => id.includes('ReadKeys')));
  const secretArn = (name: string) => ({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const OTHER_ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:other-GhIjKl';
  const park = (stack: Stack) =>
    lights(
      stack,
      { cloud: cloud(stack, { credentials: keys(stack, 'Other', OTHER_ARN) }), devices: Devices.named(['park']) },
      'Park',
    );

  test('are granted by a policy for each secret, for which the batches that need it wait', () => {
    const stack = town();
    lights(stack);
    park(stack);
    const policies = Object.entries(readKeys(stack));
    expect(policies.map(([, { Properties }]) => Properties.PolicyDocument.Statement)).toEqual(
      [KEYS_ARN, OTHER_ARN].map((Resource) => [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource }]),
    );
    for (const [, { Properties }] of policies) {
      expect(Properties.Roles).toEqual([{ Ref: like(/HandlerIsCompleteRole/) }]);
    }
    const [lightsPolicy, parkPolicy] = policies.map(([id]) => id);
    expect(resource(stack, BATCH, 'StreetLights').DependsOn).toContain(lightsPolicy);
    expect(resource(stack, BATCH, 'StreetLights').DependsOn).not.toContain(parkPolicy);
    expect(resource(stack, BATCH, 'Park').DependsOn).toContain(parkPolicy);
  });

  test('of a batch stay granted as they are when another batch is removed', () => {
    const both = town();
    lights(both);
    park(both);
    const one = town();
    park(one);
    const before = resources(both, 'AWS::IAM::Policy');
    const remaining = resources(one, 'AWS::IAM::Policy');
    expect(Object.keys(before).filter((id) => !(id in remaining))).toEqual([like(/ReadKeys/)]);
    for (const [id, still] of Object.entries(remaining)) expect(still).toEqual(before[id]);
  });

  test.each<[string, (stack: Stack, moved: boolean) => ISecret]>([
    ['whose ARN is written', (stack, moved) => keys(stack, 'Keys', moved ? OTHER_ARN : KEYS_ARN)],
    ['whose name is written', (stack, moved) => Secret.fromSecretNameV2(stack, 'Keys', moved ? 'new' : 'old')],
    ['that the stack makes', (stack, moved) => new Secret(stack, moved ? 'New' : 'Old')],
    [
      'in whose ARN only the name is known',
      (stack, moved) => Secret.fromSecretPartialArn(stack, 'Keys', stack.formatArn(secretArn(moved ? 'new' : 'old'))),
    ],
  ])(
    '%s are granted by another policy when a batch moves to other keys, so that the old grant is deleted last',
    (_, make) => {
      const grants = [false, true].map((moved) => {
        const stack = town();
        lights(stack, { cloud: cloud(stack, { credentials: make(stack, moved) }) });
        return Object.keys(readKeys(stack));
      });
      expect(grants).toEqual([[expect.any(String)], [expect.any(String)]]);
      expect(grants[0]).not.toEqual(grants[1]);
    },
  );

  test('of a hundred batches fit into what the policies of a role may take together', () => {
    const stack = town();
    for (let i = 0; i < 100; i++) lights(stack, { devices: Devices.named([`light-${i}`]) }, `Lights${i}`);
    const policies = Object.values(resources(stack, 'AWS::IAM::Policy')).filter(({ Properties }) =>
      /"Ref":"\w+HandlerIsCompleteRole/.test(JSON.stringify(Properties.Roles)),
    );
    expect(policies).toHaveLength(2);
    expect(JSON.stringify(policies.map(({ Properties }) => Properties.PolicyDocument)).length).toBeLessThan(10_240);
  });

  test('that are imported by name are read by name, and granted with the six characters that nobody knows', () => {
    const stack = town();
    lights(stack, { cloud: cloud(stack, { credentials: Secret.fromSecretNameV2(stack, 'ByName', 'aliyun-secret') }) });
    expect(resource(stack, BATCH).Properties.secretArn).toBe('aliyun-secret');
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Action: 'secretsmanager:GetSecretValue',
            Resource: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('^:secret:aliyun-secret-\\?{6}$')])] },
          },
        ],
      },
    });
  });

  test('that are encrypted with a key may be decrypted through Secrets Manager only', () => {
    const stack = town();
    const encryptionKey = new Key(stack, 'Key');
    lights(stack, { cloud: cloud(stack, { credentials: new Secret(stack, 'Own', { encryptionKey }) }) });
    expect(Object.values(readKeys(stack))[0]?.Properties.PolicyDocument.Statement[1]).toEqual({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: stack.resolve(encryptionKey.keyArn) as unknown,
      Condition: {
        StringEquals: {
          'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.', { Ref: 'AWS::Region' }, '.amazonaws.com']] },
        },
      },
    });
  });

  test('of another region are decrypted through its Secrets Manager', () => {
    const stack = town({ env: { account: '111122223333', region: 'ap-southeast-1' } });
    const encryptionKey = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/abc');
    const credentials = Secret.fromSecretAttributes(stack, 'Keys', { secretCompleteArn: KEYS_ARN, encryptionKey });
    lights(stack, { cloud: cloud(stack, { credentials }) });
    expect(Object.values(readKeys(stack))[0]?.Properties.PolicyDocument.Statement[1]?.Condition).toEqual({
      StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' },
    });
  });
});
