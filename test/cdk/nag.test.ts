import { App, NestedStack, Stack, Stage, Validations } from 'aws-cdk-lib';
import { InterfaceVpcEndpointAwsService, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Construct, IConstruct } from 'constructs';
import { DeviceBatchProvider, DeviceCredentials, Devices } from '../../lib';
import { lights } from './town';

/** What cdk-nag finds below a construct, as `<rule> <path>`. */
function findings(scope: Construct): string[] {
  const { violations } = new AwsSolutionsChecks().validateScope(scope);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
  );
}

/** A provider with everything that it can be given, and one batch; what it is given lies in the stack. */
function furnished(stack: Stack): DeviceBatchProvider {
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 1 });
  vpc.addInterfaceEndpoint('Secrets', { service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER });
  const provider = new DeviceBatchProvider(stack, 'Own', {
    vpc,
    encryptionKey: new Key(stack, 'Key'),
    accessLogsBucket: new Bucket(stack, 'AccessLogs'),
  });
  lights(stack, { provider });
  return provider;
}

/** A provider of a batch whose secrets lie in Secrets Manager, under a key. */
function secretsOf(stack: Stack): DeviceBatchProvider {
  const encryptionKey = new Key(stack, 'SecretsKey');
  return lights(stack, { deviceCredentials: DeviceCredentials.secretsManager({ encryptionKey }) }).provider;
}

describe("cdk-nag's AwsSolutions", () => {
  test('lets an app with a batch through, as a plugin of its synthesis', () => {
    const app = new App();
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    lights(new Stack(app, 'Town'));
    expect(() => app.synth()).not.toThrow();
  });

  test('still reports what else is careless in the stack', () => {
    const stack = new Stack(new App(), 'Town');
    lights(stack);
    new Bucket(stack, 'Careless');
    expect(findings(stack)).toEqual([
      'AwsSolutions-S1 Town/Careless/Resource',
      'AwsSolutions-S10 Town/Careless/Resource',
    ]);
  });

  test.each<[string, (app: App) => Construct]>([
    ['with a VPC, a key and access logs', (app) => furnished(new Stack(app, 'Town'))],
    ['in a nested stack', (app) => lights(new NestedStack(new Stack(app, 'Town'), 'Park')).provider],
    ['of names in a file', (app) => lights(new Stack(app, 'Town'), { devices: Devices.named(manyNames) }).provider],
    ['that keeps secrets in Secrets Manager', (app) => secretsOf(new Stack(app, 'Town'))],
    [
      'that keeps secrets in Secrets Manager, of a known account and region',
      (app) => secretsOf(new Stack(app, 'Town', { env: ENV })),
    ],
    ['in a stage', (app) => lights(new Stack(new Stage(app, 'Prod'), 'Town')).provider],
    ['of a known account and region', (app) => lights(new Stack(app, 'Town', { env: ENV })).provider],
  ])('finds nothing in a provider %s', (_, make) => {
    expect(findings(make(new App()))).toEqual([]);
  });

  test('finds nothing in two batches with a provider each', () => {
    const stack = new Stack(new App(), 'Town');
    lights(stack);
    lights(stack, { devices: Devices.named(['gate']), provider: new DeviceBatchProvider(stack, 'Own') }, 'Park');
    expect(findings(stack)).toEqual([]);
  });

  test('would find all that is acknowledged, each where it is acknowledged', () => {
    const stack = new Stack(new App(), 'Town');
    const providers = [
      secretsOf(new Stack(new App(), 'Town')),
      new DeviceBatchProvider(stack, 'Plain'),
      furnished(stack),
    ];
    // The acknowledgements are all that keeps them from being found.
    jest
      .spyOn(AwsSolutionsChecks.prototype as unknown as { isAcknowledged: () => boolean }, 'isAcknowledged')
      .mockReturnValue(false);
    for (const provider of providers) {
      const found = findings(provider);
      const acknowledged = provider.node.findAll().flatMap(acknowledgements);
      expect(acknowledged.length).toBeGreaterThan(0);
      const idle = acknowledged.filter(({ id, at }) => !found.some((finding) => finding.startsWith(`${id} ${at}/`)));
      expect(idle).toEqual([]);
    }
  });
});

/** What is acknowledged at a construct itself. */
function acknowledgements(construct: IConstruct): { id: string; at: string }[] {
  return construct.node.metadata
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.keys(data as object))
    .map((id) => ({ id: id.replace('Annotation::', ''), at: construct.node.path }));
}

const manyNames = Array.from({ length: 300 }, (_, i) => `light-${i}`);

const ENV = { account: '111122223333', region: 'eu-west-1' };
