import { App, CfnOutput, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AccountPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { parseOptions } from '../../lib/batch/contract';
import { DeviceBatchProvider, DeviceCredentials, Devices } from '../../lib';
import { BATCH, cloud, lights, like, resource, resources, town } from './town';

const secrets = (encryptionKey?: IKey) => ({ deviceCredentials: DeviceCredentials.secretsManager({ encryptionKey }) });
const keyOf = (stack: Stack, id = 'abc') => Key.fromKeyArn(stack, `Key-${id}`, keyArn(id));
const keyArn = (id: string) => `arn:aws:kms:eu-west-1:111122223333:key/${id}`;
const stackName = { Ref: 'AWS::StackName' };
const batchId = { 'Fn::GetAtt': ['StreetLights1B0FEA09', 'BatchId'] };
const reader = (stack: Stack) => new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });

/** The policies that let the handler keep secrets, by their logical ids. */
const grants = (stack: Stack) =>
  Object.fromEntries(
    Object.entries(resources(stack, 'AWS::IAM::Policy')).filter(([id]) => id.includes('DeviceSecrets')),
  );
const secretArn = (...rest: unknown[]) => ({
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':secretsmanager:',
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      ':secret:iot-device-batch/',
      stackName,
      ...rest,
    ],
  ],
});

describe('the option', () => {
  test('says what the names begin with, and which key there is', () => {
    const stack = town();
    lights(stack, secrets());
    lights(stack, { ...secrets(keyOf(stack)), devices: Devices.named(['gate']) }, 'Park');
    const prefix = { 'Fn::Join': ['', ['iot-device-batch/', stackName]] };
    expect(resource(stack, BATCH, 'StreetLights').Properties.deviceCredentials).toEqual({ secretsManager: { prefix } });
    expect(resource(stack, BATCH, 'Park').Properties.deviceCredentials).toEqual({
      secretsManager: { prefix, encryptionKey: keyArn('abc') },
    });
  });

  test('is read by the handler as CloudFormation sends it', () => {
    const stack = town();
    lights(stack, secrets(keyOf(stack)));
    const text = JSON.stringify(resource(stack, BATCH).Properties).replace(
      '{"Fn::Join":["",["iot-device-batch/",{"Ref":"AWS::StackName"}]]}',
      '"iot-device-batch/Town"',
    );
    expect(parseOptions(JSON.parse(text)).deviceCredentials).toEqual({
      secretsManager: { prefix: 'iot-device-batch/Town', encryptionKey: keyArn('abc') },
    });
  });

  test.each([
    ['a sequence', Devices.sequence({ prefix: 'light-', count: 11 })],
    ['generated names', Devices.generated({ count: 11 })],
    ['names that the cloud makes', Devices.assignedByCloud(11)],
    ['a list', Devices.named(Array.from({ length: 11 }, (_, i) => `gate-${i}`))],
  ])('is an error for more than ten devices of %s', (_, devices) => {
    expect(() => lights(town(), { ...secrets(), devices })).toThrow(
      'Town/StreetLights: 11 devices would get a secret each in AWS Secrets Manager, where a batch may have 10: set ' +
        'deviceCredentials to DeviceCredentials.store(), which takes any number, or split the batch [TooManySecrets]',
    );
  });

  test('is none for ten, or for those of a job, which the handler counts', () => {
    const stack = town();
    lights(stack, { ...secrets(), devices: Devices.sequence({ prefix: 'light-', count: 10 }) });
    lights(stack, { ...secrets(), devices: Devices.fromJob('4711') }, 'Job');
    expect(Object.keys(resources(stack, BATCH))).toHaveLength(2);
  });
});

describe('the handler', () => {
  test('may make, write, read and delete secrets below the name of the stack, and do nothing else with secrets', () => {
    const stack = town();
    lights(stack, secrets());
    const [[id, { Properties }]] = Object.entries(grants(stack)) as [[string, ReturnType<typeof resource>]];
    expect(Properties.Roles).toEqual([{ Ref: like(/HandlerIsCompleteRole/) }]);
    expect(Properties.PolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: [
          'secretsmanager:CreateSecret',
          'secretsmanager:PutSecretValue',
          'secretsmanager:GetSecretValue',
          'secretsmanager:DeleteSecret',
        ],
        Resource: secretArn('/*'),
      },
    ]);
    expect(resource(stack, BATCH).DependsOn).toContain(id);
  });

  test('may encrypt with the key of the secrets, through Secrets Manager only', () => {
    const stack = town();
    lights(stack, secrets(keyOf(stack)));
    const found = Object.entries(grants(stack));
    expect(found).toHaveLength(2);
    for (const [id] of found) expect(resource(stack, BATCH).DependsOn).toContain(id);
    expect(found.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)).toContainEqual({
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: keyArn('abc'),
      Condition: {
        StringEquals: {
          'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.', { Ref: 'AWS::Region' }, '.amazonaws.com']] },
        },
      },
    });
  });

  test.each([
    ['keeps them in the bucket', {}],
    ['keeps none', { deviceCredentials: DeviceCredentials.none() }],
  ])('has no such right where every batch %s', (_, props) => {
    const stack = town();
    lights(stack, props);
    expect(grants(stack)).toEqual({});
  });

  test('has it by one policy for all batches, and one for each key: that of a batch which leaves is deleted last', () => {
    const grantsOf = (...props: ReturnType<typeof secrets>[]) => {
      const stack = town();
      props.forEach((each, i) => lights(stack, { ...each, devices: Devices.named([`gate-${i}`]) }, `Gate${i}`));
      return grants(stack);
    };
    const keys = town();
    const [a, b] = [keyOf(keys, 'a'), keyOf(keys, 'b')];
    const all = grantsOf(secrets(), secrets(a), secrets(a), secrets(b));
    expect(Object.keys(all)).toHaveLength(3);
    // Whatever is left, none of what is left has changed.
    for (const fewer of [grantsOf(secrets()), grantsOf(secrets(a)), grantsOf(secrets(a), secrets(b))]) {
      expect(all).toMatchObject(fewer);
    }
    expect(grantsOf(secrets(a))).not.toEqual(grantsOf(secrets(b)));
  });

  test('has it in the role of the provider that the batch has', () => {
    const stack = town();
    const provider = new DeviceBatchProvider(stack, 'Own');
    lights(stack, { ...secrets(), provider });
    lights(stack, { devices: Devices.named(['gate']) }, 'Gate');
    expect(Object.values(grants(stack)).map(({ Properties }) => Properties.Roles)).toEqual([
      [{ Ref: like(/^OwnHandlerIsCompleteRole/) }],
    ]);
  });
});

describe('who may read', () => {
  const statements = (stack: Stack) =>
    resource(stack, 'AWS::IAM::Policy', 'Reader').Properties.PolicyDocument.Statement as unknown[];

  test('reads the secrets of the batch and nothing else', () => {
    const stack = town();
    lights(stack, secrets()).grantReadCredentials(reader(stack));
    expect(statements(stack)).toEqual([
      {
        Effect: 'Allow',
        Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
        Resource: secretArn('/', batchId, '/*'),
      },
    ]);
  });

  test('may decrypt them through Secrets Manager', () => {
    const stack = town();
    lights(stack, secrets(keyOf(stack))).grantReadCredentials(reader(stack));
    expect(statements(stack)).toContainEqual({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: keyArn('abc'),
      Condition: {
        StringEquals: {
          'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.', { Ref: 'AWS::Region' }, '.amazonaws.com']] },
        },
      },
    });
  });

  test('may be of another stack, as may be who is told the names', () => {
    const app = new App();
    const [stack, other] = [new Stack(app, 'Town'), new Stack(app, 'Other')];
    const batch = lights(stack, secrets());
    batch.grantReadCredentials(reader(other));
    new CfnOutput(other, 'Name', { value: batch.deviceSecretName('light-001') });
    const imported = (what: RegExp) => ({ 'Fn::ImportValue': like(what) });
    const prefix = ['iot-device-batch/', imported(/^Town:.*StackName/), '/', imported(/^Town:.*BatchId/), '/'];
    const [{ Resource }] = statements(other) as [{ Resource: { 'Fn::Join': [string, unknown[]] } }];
    expect(Resource['Fn::Join'][1].slice(-4)).toEqual([imported(/StackName/), '/', imported(/BatchId/), '/*']);
    expect(Template.fromStack(other).toJSON()).toMatchObject({
      Outputs: {
        Name: { Value: { 'Fn::Join': ['', [...prefix, imported(/^Town:.*RefStreetLights/), '/light-001']] } },
      },
    });
  });

  test('must have policies of its own', () => {
    const stack = town();
    expect(() => lights(stack, secrets()).grantReadCredentials(new AccountPrincipal('444455556666'))).toThrow(
      /could not be added/,
    );
  });
});

describe('the name of a device’s secret', () => {
  test('has the generation in it, so that who uses it waits for the secret and hears of the next one', () => {
    const stack = town();
    const batch = lights(stack, { ...secrets(), devices: Devices.named(['gate:1']) });
    expect(stack.resolve(batch.deviceSecretName('gate:1'))).toEqual({
      'Fn::Join': [
        '',
        ['iot-device-batch/', stackName, '/', batchId, '/', { Ref: 'StreetLights1B0FEA09' }, '/gate=3A1'],
      ],
    });
  });

  test('of names that only the deployment knows is told as well', () => {
    const stack = town();
    const batch = lights(stack, { ...secrets(), devices: Devices.assignedByCloud(2) });
    expect(JSON.stringify(stack.resolve(batch.deviceSecretName('whoever')))).toContain('/whoever');
  });

  test('is an error for a device that the batch does not have, and where there are no secrets', () => {
    const stack = town();
    expect(() => lights(stack, secrets()).deviceSecretName('light-04')).toThrow(
      'Town/StreetLights: "light-04" is none of the batch\'s devices [InvalidDevices]',
    );
    const gate = lights(stack, { devices: Devices.named(['gate']) }, 'Gate');
    expect(() => gate.deviceSecretName('gate')).toThrow(
      'Town/Gate: its devices have no secrets in AWS Secrets Manager: set deviceCredentials to ' +
        'DeviceCredentials.secretsManager() [NoCredentialsStored]',
    );
  });

  test('in a nested stack is below the name of that one, and can be told to its parent', () => {
    const stack = town();
    const nested = new NestedStack(stack, 'Park');
    const batch = lights(nested, { ...secrets(), cloud: cloud(nested) });
    new CfnOutput(stack, 'Name', { value: batch.deviceSecretName('light-001') });
    expect(resource(nested, BATCH).Properties.deviceCredentials).toEqual({
      secretsManager: { prefix: { 'Fn::Join': ['', ['iot-device-batch/', stackName]] } },
    });
  });
});
