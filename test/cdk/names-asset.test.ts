import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { App, CfnOutput, Fn, LegacyStackSynthesizer, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { parseOptions, setDigest, sha256 } from '../../lib/batch/contract';
import { DeviceBatchProvider, DeviceFileFormat, Devices, OnExisting } from '../../lib';
import { BATCH, like, lights, resource, resources, town } from './town';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'device-files-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const many = Array.from({ length: 300 }, (_, i) => `light-${String(i).padStart(6, '0')}`);

function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** What travels of the devices. */
interface Travelling {
  file: { source: unknown; names: { count: number; chunks: { digest: string; count: number }[]; set: string } };
}

const travelling = (stack: Stack, logicalId?: string) =>
  resource(stack, BATCH, logicalId).Properties.devices as Travelling;

/** The assets with names that the app publishes, by their hashes. */
function published(app: App): Record<string, string> {
  const { directory } = app.synth();
  const staged = readdirSync(directory).filter((name) => name.endsWith('.ndjson'));
  return Object.fromEntries(
    staged.map((name) => [/\.([0-9a-f]{64})\./.exec(name)?.[1], readFileSync(join(directory, name), 'utf8')]),
  ) as Record<string, string>;
}

describe('names from a file', () => {
  test('travel as an asset that holds nothing but them', () => {
    const app = new App();
    const stack = new Stack(app, 'Town');
    const path = file('with-secrets.csv', 'DeviceName,DeviceSecret\ngate,Hush1234\nbridge,Hush5678\n');
    lights(stack, { devices: Devices.fromFile(path) });

    const assets = published(app);
    const chunk = '["gate","bridge"]';
    expect(Object.values(assets)).toEqual([`${chunk}\n`]);
    expect(travelling(stack)).toEqual({
      file: {
        source: { 'Fn::Sub': like(/^s3:\/\/cdk-hnb659fds-assets-.*\/[0-9a-f]{64}\.ndjson$/) },
        names: { count: 2, chunks: [{ digest: sha256(chunk), count: 2 }], set: setDigest(['bridge', 'gate']) },
      },
    });
    expect(JSON.stringify(Template.fromStack(stack).toJSON()) + JSON.stringify(assets)).not.toContain('Hush');
  });

  test('are understood by the handler as they travel', () => {
    const stack = town();
    lights(stack, { devices: Devices.fromFile(file('some.txt', 'gate\nbridge\n')) });
    const { ServiceToken: _, ServiceTimeout: __, ...properties } = resource(stack, BATCH).Properties;
    const sent = JSON.parse(
      JSON.stringify({ ...properties, devices: located(travelling(stack)) }),
      (_, value: unknown) => (typeof value === 'number' ? String(value) : value),
    ) as unknown;
    expect(parseOptions(sent).devices).toEqual(located(travelling(stack)));
  });

  test('are the same asset and the same properties, whatever lists them', () => {
    const csv = ['name,place', ...many.map((name) => `"${name}",north`)].join('\r\n');
    const objects = many.map((name) => ({ sn: name }));
    const templates = [
      () => Devices.fromFile(file('same.txt', many.join('\n'))),
      () => Devices.fromFile(file('same.csv', csv)),
      () => Devices.fromFile(file('same.json', JSON.stringify(objects)), { column: 'sn' }),
      () => Devices.fromFile(file('same.list', `# all\n${many.join('\n')}`), { format: DeviceFileFormat.TEXT }),
      () => Devices.named(many),
    ].map((devices) => {
      const stack = town();
      lights(stack, { devices: devices() });
      return Template.fromStack(stack).toJSON();
    });
    for (const template of templates) expect(template).toEqual(templates[0]);
  });

  test('leave no file behind but the staged one', () => {
    const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith('iot-device-names-'));
    const before = left();
    lights(town(), { devices: Devices.fromFile(file('tidy.txt', 'gate')) });
    expect(left()).toEqual(before);
  });

  test('are still there where an app does not stage its assets', () => {
    const app = new App({ context: { 'aws:cdk:disable-asset-staging': true } });
    lights(new Stack(app, 'Town'), { devices: Devices.fromFile(file('unstaged.txt', 'gate')) });
    const { directory } = app.synth();
    const manifest = JSON.parse(readFileSync(join(directory, 'Town.assets.json'), 'utf8')) as {
      files: Record<string, { source: { path: string } }>;
    };
    const [path] = Object.values(manifest.files).flatMap(({ source }) =>
      source.path.endsWith('.ndjson') ? [source.path] : [],
    );
    expect(readFileSync(path!, 'utf8')).toBe('["gate"]\n');
    rmSync(join(path!, '..'), { recursive: true });
  });

  test('are read from the working directory, once for all batches, when the first of them is made', () => {
    const path = relative(process.cwd(), file('relative.txt', 'gate'));
    const devices = Devices.fromFile(path);
    const one = town();
    lights(one, { devices });
    rmSync(path);
    const other = town();
    lights(other, { devices });
    expect(travelling(other)).toEqual(travelling(one));
  });

  test('100,000 of them take a kilobyte of properties', () => {
    const stack = town();
    const names = Array.from({ length: 100_000 }, (_, i) => `street-light-of-the-town-${i}`.padEnd(32, '-'));
    lights(stack, { devices: Devices.fromFile(file('100000.txt', names.join('\n'))) });
    expect(travelling(stack).file.names.chunks).toHaveLength(10);
    expect(JSON.stringify(travelling(stack)).length).toBeLessThan(1_400);
  });
});

describe('names that are listed', () => {
  test('travel in the properties up to 2 KB, and as an asset beyond', () => {
    const sizes = [136, 137].map((count) => {
      const stack = town();
      lights(stack, { devices: Devices.named(many.slice(0, count)) });
      return [
        Buffer.byteLength(JSON.stringify(many.slice(0, count))),
        Object.keys(resource(stack, BATCH).Properties.devices!),
      ];
    });
    expect(sizes).toEqual([
      [2041, ['named']],
      [2056, ['file']],
    ]);
  });
});

describe('the list of names', () => {
  test('from a file is a list as any, which waits for the devices', () => {
    const stack = town();
    const batch = lights(stack, { devices: Devices.fromFile(file('out.txt', 'gate\nbridge')) });
    new CfnOutput(stack, 'Names', { value: Fn.join(',', batch.deviceNames) });
    const [output] = Object.values(Template.fromStack(stack).findOutputs('*')) as { Value: unknown }[];
    expect(JSON.stringify(output!.Value)).toMatch(/gate,bridge.*StreetLights.*Ready/);
  });

  test('that is too long for a template is an error where it is used', () => {
    const names = Array.from({ length: 8_000 }, (_, i) => `light-${String(i).padStart(6, '0')}`);
    const devices = Devices.fromFile(file('long.txt', names.join('\n')));
    const unused = town();
    lights(unused, { devices });
    expect(() => Template.fromStack(unused)).not.toThrow();
    const stack = town();
    const batch = lights(stack, { devices });
    new CfnOutput(stack, 'Names', { value: Fn.join(',', batch.deviceNames) });
    expect(() => Template.fromStack(stack)).toThrow(/the list of 8000 names takes 103999 B.*\[NameListTooLong\]/);
  });
});

describe('the handler may read', () => {
  const objects = (stack: Stack) => {
    const { Statement } = resource(stack, 'AWS::IAM::Policy', policy(stack)).Properties.PolicyDocument;
    return Statement as { Action: string; Effect: string; Resource: unknown }[];
  };
  const policy = (stack: Stack) =>
    Object.keys(resources(stack, 'AWS::IAM::Policy')).find((id) => id.includes('ReadNames'));

  test('the one object, by the function that registers devices alone, and before the batch is made', () => {
    const stack = town();
    lights(stack, { devices: Devices.named(many) });
    expect(objects(stack)).toEqual([
      {
        Action: 's3:GetObject',
        Effect: 'Allow',
        Resource: [
          {
            'Fn::Join': [
              '',
              [
                'arn:',
                { Ref: 'AWS::Partition' },
                ':s3:::',
                { 'Fn::Sub': 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}' },
                like(/^\/[0-9a-f]{64}\.ndjson$/),
              ],
            ],
          },
        ],
      },
    ]);
    const { Properties } = resource(stack, 'AWS::IAM::Policy', policy(stack));
    expect(Properties.Roles).toEqual([{ Ref: like(/HandlerIsCompleteRole/) }]);
    expect(resource(stack, BATCH).DependsOn).toContain(policy(stack));
  });

  test('nothing of the kind where no names travel as an asset', () => {
    const stack = town();
    lights(stack);
    expect(policy(stack)).toBeUndefined();
  });

  test('the objects of all batches of the provider, and no other provider’s', () => {
    const stack = town();
    lights(stack, { devices: Devices.named(many) });
    lights(stack, { devices: Devices.fromFile(file('park.txt', 'gate')) }, 'Park');
    const own = new DeviceBatchProvider(stack, 'Own');
    lights(stack, { devices: Devices.fromFile(file('zoo.txt', 'cage')), provider: own }, 'Zoo');
    const policies = Object.entries(resources(stack, 'AWS::IAM::Policy')).filter(([id]) => id.includes('ReadNames'));
    const counts = policies.map(([id, { Properties }]) => [
      id.startsWith('Own'),
      [Properties.PolicyDocument.Statement[0]?.Resource].flat().length,
    ]);
    expect(counts).toEqual([
      [false, 2],
      [true, 1],
    ]);
  });
});

describe('the asset', () => {
  test('of the legacy synthesizer comes by parameters', () => {
    const app = new App();
    const stack = new Stack(app, 'Town', { synthesizer: new LegacyStackSynthesizer() });
    lights(stack, { devices: Devices.named(many) });
    app.synth();
    expect(JSON.stringify(travelling(stack).file.source)).toMatch(/"s3:\/\/",\{"Ref":"AssetParameters/);
  });

  test('is published by each stage and each nested stack that has the batch', () => {
    const app = new App();
    const stage = new Stage(app, 'Prod');
    const stack = new Stack(stage, 'Town');
    const nested = new NestedStack(stack, 'Park');
    lights(stack, { devices: Devices.named(many) });
    lights(nested, { devices: Devices.fromFile(file('nested.txt', many.join('\n'))) });
    app.synth();
    expect(travelling(nested)).toEqual(travelling(stack));
    const { directory } = stage.synth();
    const manifest = JSON.parse(readFileSync(join(directory, assetsOf(directory)), 'utf8')) as {
      files: Record<string, { source: { path: string } }>;
    };
    const staged = Object.values(manifest.files).filter(({ source }) => source.path.endsWith('.ndjson'));
    expect(staged).toHaveLength(1);
    expect(existsSync(join(directory, staged[0]!.source.path))).toBe(true);
  });

  test('is a nested stack’s of the legacy synthesizer, too', () => {
    const app = new App();
    const stack = new Stack(app, 'Town', { synthesizer: new LegacyStackSynthesizer() });
    const nested = new NestedStack(stack, 'Park');
    lights(nested, { devices: Devices.named(many) });
    expect(() => app.synth()).not.toThrow();
    expect(JSON.stringify(travelling(nested).file.source)).toMatch(/"s3:\/\/",\{"Ref":"referencetoTownAssetParameters/);
  });
});

describe('a file with mistakes is an error where the batch is written', () => {
  test.each<[string, string, string]>([
    [
      'no-way.txt',
      'gate\n\nno way\n',
      ': "no way" (line 3) cannot be a device name on Alibaba Cloud IoT Platform: it takes 4 to 32 of',
    ],
    [
      'twice.txt',
      'gate\nbridge\ngate\n',
      ': "gate" (lines 1, 3) is listed more than once; every name must be unique [InvalidDevices]',
    ],
    ['empty.csv', '', ': lists no device [InvalidDeviceFile]'],
    ['open.csv', 'name\n"gate\n', ', line 2: a quoted cell begins here that never ends [InvalidDeviceFile]'],
    ['open.json', '["gate"', ', line 1: the array is never closed [InvalidDeviceFile]'],
    [
      'devices.xlsx',
      'PK',
      ': ends in .xlsx, which says nothing of its format: give the format as well [InvalidDeviceFile]',
    ],
  ])('%s', (name, text, message) => {
    const path = file(name, text);
    expect(() => lights(town(), { devices: Devices.fromFile(path) })).toThrow(`Town/StreetLights: ${path}${message}`);
  });

  test.each([
    ['that is not there', 'missing.txt', 'ENOENT'],
    ['that is a folder', '.', 'EISDIR'],
  ])('%s', (_, name, code) => {
    const path = join(folder, name);
    expect(() => lights(town(), { devices: Devices.fromFile(path, { format: DeviceFileFormat.TEXT }) })).toThrow(
      new RegExp(`^Town/StreetLights: .*: cannot be read \\(${code}: .*\\[InvalidDeviceFile\\]$`),
    );
  });

  test('also of more devices than can be deleted again', () => {
    const names = Array.from({ length: 115_201 }, (_, i) => `light-${i}`);
    const devices = Devices.fromFile(file('too-many.txt', names.join('\n')));
    expect(() => lights(town(), { devices })).toThrow(
      /^Town\/StreetLights: 115201 devices could not.*\[TooManyDevices\]$/,
    );
  });
});

test('a file may not list a device of another batch', () => {
  const stack = town();
  lights(stack);
  lights(stack, { devices: Devices.fromFile(file('overlap.txt', 'gate\nlight-002')) }, 'Park');
  expect(() => Template.fromStack(stack)).toThrow(
    'Town/StreetLights and Town/Park both ask for light-002 of the same product',
  );
});

test('devices of a file may be adopted, those that are in it', () => {
  const devices = Devices.fromFile(file('adopt.txt', 'gate\nbridge'));
  expect(() => lights(town(), { devices, onExisting: OnExisting.adoptOnly(['gate']) })).not.toThrow();
  expect(() => lights(town(), { devices, onExisting: OnExisting.adoptOnly(['ford']) })).toThrow(
    '"ford" is to be adopted and is none of the batch',
  );
});

function located({ file: { names } }: Travelling): object {
  return { file: { source: 's3://bucket/key.ndjson', names } };
}

function assetsOf(directory: string): string {
  return readdirSync(directory).find((name) => name.endsWith('.assets.json')) as string;
}
