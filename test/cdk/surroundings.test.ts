import { readFileSync } from 'node:fs';
import { App, Aspects, CfnOutput, CfnResource, Fn, NestedStack, Stack, Stage, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ManagedPolicy, PermissionsBoundary, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, type IConstruct } from 'constructs';
import { DeviceBatch, DeviceBatchProvider, Devices } from '../../lib';
import { BATCH, cloud, lights, like, resource, resources, town } from './town';

const recommendedFlags = JSON.parse(
  readFileSync(require.resolve('aws-cdk-lib/recommended-feature-flags.json'), 'utf8'),
) as Record<string, unknown>;

const EUROPE = { account: '111122223333', region: 'eu-west-1' };
const ASIA = { account: '111122223333', region: 'ap-southeast-1' };

const outputs = (stack: Stack) =>
  Object.values(Template.fromStack(stack).findOutputs('*')).map(({ Value }) => Value as unknown);

describe('whatever the app is like', () => {
  test.each<[string, () => App]>([
    ['with all flags that the CDK recommends', () => new App({ context: recommendedFlags })],
    ['with none', () => new App()],
    [
      'that validates its templates strictly',
      () => new App({ context: { '@aws-cdk/core:validateAgainstDefaultRules': true } }),
    ],
  ])('%s, a batch and a provider with everything synthesise', (_, make) => {
    const app = make();
    const stack = new Stack(app, 'Town', { env: EUROPE });
    const encryptionKey = new Key(stack, 'Key');
    const provider = new DeviceBatchProvider(stack, 'Own', { encryptionKey });
    lights(stack, { provider }).grantReadCredentials(reader(stack));
    lights(stack, { devices: Devices.named(['gate']) }, 'Park');
    expect(() => app.synth()).not.toThrow();
    expect(Object.keys(resources(stack, BATCH))).toHaveLength(2);
  });

  test('two apps in one process get the same templates', () => {
    const [one, other] = [town(), town()].map((stack) => {
      lights(stack);
      return Template.fromStack(stack).toJSON();
    });
    expect(one).toEqual(other);
  });

  test.each([
    ['in another script', '街灯'],
    ['of emoji', '💡💡'],
    ['with dots, dashes and spaces', 'street-lights v1.0 (north)'],
    ['as long as they get', 'Lights'.repeat(60)],
  ])('ids %s do no harm', (_, id) => {
    const stack = town();
    lights(stack, { provider: new DeviceBatchProvider(stack, `${id} provider`) }, id);
    lights(stack, { devices: Devices.named(['gate']) }, `${id}2`);
    const ids = Object.keys(Template.fromStack(stack).toJSON().Resources as object);
    expect(ids.filter((each) => !/^[A-Za-z0-9]{1,255}$/.test(each))).toEqual([]);
    const names = Object.values(resources(stack, 'AWS::IAM::Policy')).map(({ Properties }) =>
      String(Properties.PolicyName),
    );
    expect(names.filter((name) => name.length > 128)).toEqual([]);
  });

  test('a batch that is buried in constructs of others finds the provider of its stack', () => {
    const stack = town();
    const suburb = new Construct(new Construct(stack, 'County'), 'Suburb');
    const credentials = new Secret(suburb, 'Keys');
    const props = { cloud: cloud(stack, { credentials }), devices: Devices.named(['gate']) };
    expect(new DeviceBatch(suburb, 'Gates', props).provider.node.path).toBe('Town/DeviceBatchProvider');
    expect(resource(stack, BATCH).Properties.secretArn).toEqual({ Ref: like(/^CountySuburbKeys/) });
  });

  test('a provider under the id of the shared one is the one that is shared', () => {
    const stack = town();
    const own = new DeviceBatchProvider(stack, 'DeviceBatchProvider');
    expect(lights(stack).provider === own).toBe(true);
  });
});

describe('aspects', () => {
  test('that tag and bound everything go through', () => {
    const stack = town();
    lights(stack);
    Tags.of(stack).add('team', 'lights');
    PermissionsBoundary.of(stack).apply(ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'developers'));
    const roles = Object.entries(resources(stack, 'AWS::IAM::Role'));
    expect(roles.length).toBeGreaterThan(0);
    for (const [, { Properties }] of roles) expect(Properties.PermissionsBoundary).toBeDefined();
  });

  test('that add a batch are counted in, and what they change is measured', () => {
    const stack = town();
    lights(stack);
    Aspects.of(stack).add({
      visit(node: IConstruct) {
        if (node === stack && !stack.node.tryFindChild('Late')) {
          lights(stack, { devices: Devices.named(['light-002']) }, 'Late');
        }
      },
    });
    expect(() => Template.fromStack(stack)).toThrow('Town/StreetLights and Town/Late both ask for light-002');
  });
});

describe('stages and nested stacks', () => {
  test('of one app may have the same batches, each with a provider and a store of its own', () => {
    const app = new App();
    const stacks = ['Test', 'Prod'].map((id) => new Stack(new Stage(app, id), 'Town'));
    for (const stack of stacks) lights(stack);
    const [test, prod] = stacks.map((stack) => Template.fromStack(stack).toJSON());
    expect(Object.keys(test!.Resources as object)).toEqual(Object.keys(prod!.Resources as object));
    expect(() => app.synth()).not.toThrow();
  });

  test('nested, take the keys of their parent, and give it the names', () => {
    const stack = town();
    const nested = new NestedStack(stack, 'Park');
    const batch = lights(nested, { cloud: cloud(nested, { credentials: new Secret(stack, 'ParentKeys') }) });
    new CfnOutput(stack, 'Names', { value: Fn.join(',', batch.deviceNames) });
    expect(resource(nested, BATCH).Properties.secretArn).toEqual({ Ref: like(/^referencetoTownParentKeys/) });
    expect(outputs(stack)).toEqual([
      {
        'Fn::Join': [
          ',',
          {
            'Fn::Split': [
              ',',
              {
                'Fn::Join': ['', ['light-001,light-002,light-003', { 'Fn::GetAtt': [like(/^Park/), like(/Ready$/)] }]],
              },
            ],
          },
        ],
      },
    ]);
  });
});

describe('other stacks', () => {
  const pair = (producerEnv?: typeof EUROPE, consumerEnv = producerEnv) => {
    const app = new App();
    const producer = new Stack(app, 'Town', { env: producerEnv, crossRegionReferences: true });
    const consumer = new Stack(app, 'Consumer', { env: consumerEnv, crossRegionReferences: true });
    return { app, producer, consumer };
  };

  test('of the same region read the attributes', () => {
    const { app, producer, consumer } = pair();
    const { batchId, deviceCount, manifestBucket, manifestKey, jobIds } = lights(producer);
    const properties = { batchId, deviceCount, manifestBucket, manifestKey, job: Fn.select(0, jobIds) };
    new CfnResource(consumer, 'Reader', { type: 'Test::Reader', properties });
    app.synth();
    expect(JSON.stringify(resource(consumer, 'Test::Reader')).match(/Fn::ImportValue/g)).toHaveLength(5);
  });

  test('of another region get the names as text, and the attributes through the CDK', () => {
    const { app, producer, consumer } = pair(EUROPE, ASIA);
    const { deviceNames, manifestKey } = lights(producer);
    new CfnResource(consumer, 'Names', { type: 'Test::List', properties: { deviceNames } });
    new CfnOutput(consumer, 'Manifest', { value: manifestKey });
    app.synth();
    expect(resource(consumer, 'Test::List').Properties.deviceNames).toEqual(['light-001', 'light-002', 'light-003']);
    expect(JSON.stringify(outputs(consumer))).toMatch(/Town.*ManifestKey/);
    expect(consumer.dependencies.map(({ node }) => node.id)).toEqual(['Town']);
  });

  test('may hold who reads the credentials, also with a key on the bucket', () => {
    const { app, producer, consumer } = pair();
    const provider = new DeviceBatchProvider(producer, 'Own', { encryptionKey: new Key(producer, 'Key') });
    lights(producer, { provider }).grantReadCredentials(reader(consumer));
    app.synth();
    const statements = resource(consumer, 'AWS::IAM::Policy', 'Reader').Properties.PolicyDocument.Statement;
    expect(statements.map(({ Action }) => Action)).toEqual(['s3:GetObject', 's3:ListBucket', 'kms:Decrypt']);
  });

  test('may hold the keys', () => {
    const { app, producer, consumer } = pair();
    lights(consumer, { cloud: cloud(consumer, { credentials: new Secret(producer, 'Elsewhere') }) });
    app.synth();
    expect(resource(consumer, BATCH).Properties.secretArn).toEqual({ 'Fn::ImportValue': like(/^Town:/) });
  });

  test('that the batch itself needs cannot use its names', () => {
    const { app, producer, consumer } = pair();
    const { deviceNames } = lights(producer, {
      cloud: cloud(producer, { credentials: new Secret(consumer, 'Elsewhere') }),
    });
    new CfnOutput(consumer, 'Names', { value: Fn.join(',', deviceNames) });
    expect(() => app.synth()).toThrow(/cyclic/i);
  });
});

function reader(stack: Stack): Role {
  return new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
}
