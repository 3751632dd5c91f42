import { App, CfnOutput, CfnParameter, Duration, Fn, Lazy, NestedStack, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { type DeviceBatchProps, DeviceBatchProvider, Devices, OnExisting } from '../../lib';
import { jobList } from '../../lib/cdk/job-list';
import { type Claim, brokenStackRules } from '../../lib/cdk/stack-rules';
import { aliyunLimits } from '../../lib/clouds/aliyun/limits';
import { limitsOfApi } from '../../lib/clouds/tencent/limits';
import { BATCH, KEYS_ARN, cloud, keys, lights, resource, town } from './town';

const parameter = (stack: Construct) => new CfnParameter(stack, 'Parameter').valueAsString;
const number = (stack: Construct) => new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;

const TOKEN =
  'is a token, which gets its value at deployment, but must be known at synth: pass the value itself, e.g. from the ' +
  'context or the environment of the app [NotKnownAtSynth]';
const NAME_RULE = 'cannot be a device name on Alibaba Cloud IoT Platform: it takes 4 to 32 of the characters';

describe('devices are refused where they are written', () => {
  const sequence = (props: Partial<Parameters<typeof Devices.sequence>[0]>) =>
    Devices.sequence({ prefix: 'light-', count: 3, ...props });

  test.each<[string, (stack: Stack) => Devices, string]>([
    [
      'a name with a space',
      () => Devices.named(['light 1']),
      `"light 1" ${NAME_RULE} A-Z a-z 0-9 - _ @ . : [InvalidDevices]`,
    ],
    ['a name that is too short', () => Devices.named(['abc']), `"abc" ${NAME_RULE}`],
    ['a sequence that grows too long', () => sequence({ prefix: 'x'.repeat(30) }), `${NAME_RULE}`],
    [
      'a name that is asked for twice',
      () => Devices.named(['gate', 'bridge', 'gate']),
      '"gate" is asked for more than once; every name must be unique [InvalidDevices]',
    ],
    [
      'a prefix that leaves too little room for generated characters',
      () => Devices.generated({ count: 3, prefix: 'a-prefix-of-20-chars' }),
      `with the prefix "a-prefix-of-20-chars" and 13 generated characters a name ${NAME_RULE.slice(0, 6)}`,
    ],
    [
      'a prefix that is a token',
      (stack) => Devices.generated({ count: 3, prefix: parameter(stack) }),
      `prefix ${TOKEN}`,
    ],
    ['no name', () => Devices.named([]), 'a batch needs at least one device [InvalidDevices]'],
    [
      'a count of none',
      () => sequence({ count: 0 }),
      'count is 0; it must be a whole number from 1 to 1,000,000 [InvalidDevices]',
    ],
    ['a count that is not whole', () => sequence({ count: 1.5 }), 'count is 1.5; it must be'],
    ['a count that is no number', () => sequence({ count: Number('many') }), 'count is NaN; it must be'],
    [
      'a start below 0',
      () => sequence({ start: -1 }),
      'start is -1; it must be a whole number from 0 on [InvalidDevices]',
    ],
    ['a pad of 17', () => sequence({ pad: 17 }), 'pad is 17; it must be 0 to 16 [InvalidDevices]'],
    [
      'more than can be deleted again',
      () => sequence({ count: 115_201 }),
      '115201 devices could not be deleted again within 55 minutes (Alibaba Cloud IoT Platform deletes 50 a second): split them over stacks of at most 115200 [TooManyDevices]',
    ],
    ['a prefix known at deployment', (stack) => sequence({ prefix: parameter(stack) }), `prefix ${TOKEN}`],
    ['a count known at deployment', (stack) => sequence({ count: number(stack) }), `count ${TOKEN}`],
    ['a name known at deployment', (stack) => Devices.named(['gate', parameter(stack)]), `names[1] ${TOKEN}`],
    ['a list known at deployment', (stack) => Devices.named(Fn.split(',', parameter(stack))), `names ${TOKEN}`],
  ])('%s', (_, devices, message) => {
    const stack = town();
    expect(() => lights(stack, { devices: devices(stack) })).toThrow(message);
    expect(() => lights(stack, { devices: devices(new Stack()) }, 'Again')).toThrow(/^Town\/Again: /);
  });
});

describe('a cloud is refused where it is written', () => {
  test.each<[string, (stack: Stack) => Parameters<typeof cloud>[1], string]>([
    [
      'a region that the platform is not in',
      () => ({ region: 'eu-west-1' }),
      'region is "eu-west-1", where Alibaba Cloud IoT Platform is not offered: use one of cn-shanghai, ',
    ],
    ['a region known at deployment', (stack) => ({ region: parameter(stack) }), `region ${TOKEN}`],
    [
      'a masked product key',
      () => ({ productKey: 'a1BwAGV****' }),
      'productKey is "a1BwAGV****"; it consists of letters, digits, - and _ (its product page shows it, e.g. a1BwAGV0001) [InvalidCloud]',
    ],
    ['an empty instance id', () => ({ instanceId: '' }), 'instanceId is ""; it consists of'],
    [
      'an endpoint with a path',
      () => ({ endpoint: 'http://127.0.0.1:8080/iot' }),
      'endpoint is "http://127.0.0.1:8080/iot", which is neither a host nor an origin: write it like iot-vpc.cn-shanghai.aliyuncs.com or http://127.0.0.1:8080, without path, query and user [InvalidEndpoint]',
    ],
    ['an endpoint with a password', () => ({ endpoint: 'https://me:secret@proxy' }), 'neither a host nor an origin'],
    ['an endpoint of another protocol', () => ({ endpoint: 'ftp://host' }), 'neither a host nor an origin'],
    ['an endpoint that is no host', () => ({ endpoint: 'not a host' }), 'neither a host nor an origin'],
  ])('%s', (_, props, message) => {
    const stack = town();
    expect(() => lights(stack, { cloud: cloud(stack, props(stack)) })).toThrow(
      `Town/StreetLights: ${message.startsWith('neither') ? '' : message}`,
    );
    expect(() => lights(stack, { cloud: cloud(stack, props(new Stack())) }, 'Again')).toThrow(message);
  });

  test.each(['iot-vpc.cn-shanghai.aliyuncs.com', 'http://127.0.0.1:8080', 'https://iot.example.com/'])(
    'but not the endpoint %s, with which any region will do',
    (endpoint) => {
      const stack = town();
      lights(stack, { cloud: cloud(stack, { endpoint, region: 'moon-1' }) });
      expect(() => Template.fromStack(stack)).not.toThrow();
    },
  );
});

describe('a time-out is refused', () => {
  test.each<[string, Duration, string]>([
    [
      'that CloudFormation cannot wait for',
      Duration.minutes(56),
      'a time-out of 3360 s does not fit 3 devices: it must be from 61 s to 3300 s (CloudFormation waits an hour at most) [InvalidTimeout]',
    ],
    [
      'that is too short to look the devices up',
      Duration.seconds(60),
      'a time-out of 60 s does not fit 3 devices: it must be from 61 s',
    ],
    ['that is known at deployment only', Duration.seconds(Lazy.number({ produce: () => 900 })), `timeout ${TOKEN}`],
  ])('%s', (_, timeout, message) => {
    expect(() => lights(town(), { timeout })).toThrow(`Town/StreetLights: ${message}`);
  });

  test('of a fraction of a second is not, but rounded down', () => {
    const stack = town();
    lights(stack, { timeout: Duration.millis(90_500) });
    expect(resource(stack, BATCH).Properties.timeoutSeconds).toBe(90);
  });
});

describe('what happens to devices is refused', () => {
  test.each<[string, Partial<DeviceBatchProps>, string]>([
    [
      'where a device is to be adopted that is not in the batch',
      { onExisting: OnExisting.adoptOnly(['light-001', 'light-004']) },
      `"light-004" is to be adopted and is none of the batch's devices: take it out of onExisting, or into devices [InvalidOnExisting]`,
    ],
    [
      'where devices are to be adopted whose names nobody knows',
      { onExisting: OnExisting.adopt(), devices: Devices.generated({ count: 3 }) },
      'devices can be adopted only where they are named: leave onExisting out, or name the devices [InvalidOnExisting]',
    ],
    [
      'where a snapshot of them is wanted',
      { removalPolicy: RemovalPolicy.SNAPSHOT },
      'removalPolicy is snapshot, which devices do not have: use DESTROY or RETAIN [InvalidRemovalPolicy]',
    ],
  ])('%s', (_, props, message) => {
    expect(() => lights(town(), props)).toThrow(`Town/StreetLights: ${message}`);
  });

  test('where a name to be adopted is a token', () => {
    const stack = town();
    const onExisting = OnExisting.adoptOnly([parameter(stack)]);
    expect(() => lights(stack, { onExisting })).toThrow(`Town/StreetLights: names[0] ${TOKEN}`);
  });
});

describe('a provider is refused', () => {
  test('from another stack, with which it would be deleted', () => {
    const provider = new DeviceBatchProvider(new Stack(new App(), 'Elsewhere'), 'Provider');
    expect(() => lights(town(), { provider })).toThrow(
      'Town/StreetLights: the provider Elsewhere/Provider is of another stack and would be deleted apart from its ' +
        'batches: make one in this stack, or leave provider out [ProviderOfAnotherStack]',
    );
  });

  test('when something else has its id', () => {
    const stack = town();
    new CfnBucket(stack, 'DeviceBatchProvider');
    expect(() => lights(stack)).toThrow(
      "Town/DeviceBatchProvider: the id DeviceBatchProvider is needed for the provider of this stack's batches: rename " +
        'this construct [IdTaken]',
    );
  });
});

describe('what is listed in the options must fit into the event', () => {
  const names = Array.from({ length: 300 }, (_, i) => `light-${String(i).padStart(6, '0')}`);
  const adopting = (count: number, credentials?: (stack: Stack) => ISecret) => {
    const stack = town();
    lights(stack, {
      devices: Devices.named(names),
      onExisting: OnExisting.adoptOnly(names.slice(0, count)),
      ...(credentials && { cloud: cloud(stack, { credentials: credentials(stack) }) }),
    });
    return () => Template.fromStack(stack);
  };

  test('150 names of twelve characters that are to be adopted do', () => {
    expect(adopting(150)).not.toThrow();
  });

  test('more are an error at synth that says what to do', () => {
    expect(adopting(300)).toThrow(
      /\[Town\/StreetLights\] the options take \d+ B of JSON, 4096 B fit into CloudFormation's event: shorten the list of OnExisting\.adoptOnly\(\), or use OnExisting\.adopt\(\) \[PropertiesTooLarge\]/,
    );
  });

  test('beside an ARN that is known at deployment only there is room for somewhat fewer', () => {
    const [known, unknown] = [keys, (stack: Stack) => new Secret(stack, 'Own')].map((credentials) => {
      try {
        adopting(300, credentials)();
      } catch (error) {
        return Number(/take (\d+) B/.exec((error as Error).message)?.[1]);
      }
      return NaN;
    });
    expect(unknown! - known!).toBe(200 - KEYS_ARN.length);
  });

  test('and a list that its owner changes later is not changed with it', () => {
    const stack = town();
    const own = ['gate'];
    lights(stack, { devices: Devices.named(own) });
    own.push('a name that no cloud takes');
    expect(resource(stack, BATCH).Properties.devices).toEqual({ named: ['gate'] });
  });

  test('and a value of the user that is still open is not looked at before synth', () => {
    const stack = town();
    let productKey = 'too early';
    lights(stack, { cloud: cloud(stack, { productKey: Lazy.string({ produce: () => productKey }) }) });
    productKey = 'a1BwAGV0002';
    expect(resource(stack, BATCH).Properties.cloud.aliyun.productKey).toBe('a1BwAGV0002');
  });
});

describe('two batches of one stack and product', () => {
  test('may not list the same device', () => {
    const stack = town();
    lights(stack, { devices: Devices.sequence({ prefix: 'light-', count: 10 }) });
    lights(stack, { devices: Devices.named(['gate', 'light-009', 'light-010']) }, 'Park');
    expect(() => Template.fromStack(stack)).toThrow(
      'Town/StreetLights and Town/Park both ask for light-009, light-010 of the same product: a device belongs to one ' +
        'batch, so rename it in one of them or leave it out [NamesOverlap]',
    );
  });

  test('are told so once, in one pass, whatever their number', () => {
    const claims = Array.from({ length: 100 }, (_, i) => claim({ path: `Batch${i}`, prefix: `b${i}-`, count: 1_000 }));
    const started = performance.now();
    expect(brokenStackRules([...claims, claim({ path: 'Late', prefix: 'b7-', count: 5 })])).toEqual([
      expect.stringMatching(/^Batch7 and Late both ask for b7-001, b7-002, b7-003 and 2 more/),
    ]);
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  test('are the same product even when its key is known at deployment only', () => {
    const stack = town();
    const { valueAsString: productKey } = new CfnParameter(stack, 'Product');
    lights(stack, { cloud: cloud(stack, { productKey }) });
    lights(stack, { cloud: cloud(stack, { productKey, endpoint: 'http://127.0.0.1:8080' }) }, 'Park');
    expect(() => Template.fromStack(stack)).toThrow('[NamesOverlap]');
  });

  test('but of different products, or of different stacks, may', () => {
    const stack = town();
    lights(stack);
    lights(stack, { cloud: cloud(stack, { productKey: 'a1BwAGV0002' }) }, 'OtherProduct');
    lights(stack, { cloud: cloud(stack, { instanceId: 'iot-060a02fl' }) }, 'OtherInstance');
    lights(new NestedStack(stack, 'Nested'));
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('may not be more together than can be deleted again', () => {
    const halves = [1, 2].map((half) => claim({ path: `Half${half}`, prefix: `half${half}-`, count: 60_001 }));
    expect(brokenStackRules(halves)).toEqual([
      'the 2 batches of this stack have 120002 devices, which could not be deleted again within 55 minutes (Alibaba ' +
        'Cloud IoT Platform deletes 50 a second): split them over stacks of at most 115200 [TooManyDevices]',
    ]);
  });

  test('of different clouds share no rate, and are counted by themselves', () => {
    const [one, other] = [1, 2].map((half) => claim({ path: `Half${half}`, prefix: `half${half}-`, count: 60_001 }));
    if (!one || !other) throw new Error('no claims');
    expect(brokenStackRules([one, { ...other, limits: limitsOfApi() }])).toEqual([]);
    expect(brokenStackRules([one, { ...other, limits: limitsOfApi('2.0') }])).toEqual([
      expect.stringContaining(
        'Tencent Cloud IoT Hub (API 2.0) deletes 20 a second): split them over stacks of at most 20000',
      ),
    ]);
  });

  function claim({ path, prefix, count }: { path: string; prefix: string; count: number }): Claim {
    return { path, product: 'one', devices: { sequence: { prefix, count } }, limits: aliyunLimits };
  }
});

test('job ids that cannot fit into the response are an error where they are used, which points to the manifest', () => {
  const stack = town();
  expect(stack.resolve(jobList(stack, 119, 'a,b'))).toEqual(['a', 'b']);
  new CfnOutput(stack, 'Jobs', { value: Fn.join(',', jobList(stack, 120, 'a,b')) });
  expect(() => Template.fromStack(stack)).toThrow(
    'Town: the ids of 120 jobs take up to 2520 B, 2500 B fit into the response to CloudFormation: read them in the ' +
      'manifest (manifestBucket, manifestKey; grantReadManifest) [JobListTooLong]',
  );
});
