import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { awsOfEnvironment, startLocalAws, type LocalAws } from '../../../local-aws';
import { REPOSITORY } from '../../../local-aws/folders';
import { installMinistack, MINISTACK } from '../../../local-aws/install';
import { findPython } from '../../../local-aws/python';
import { ScriptedResource } from '../harness/scripted-resource';
import { Stack, type Template } from '../harness/stack';
import { isAlive, isListening, until } from '../harness/until';

jest.setTimeout(120_000);

const started: { stop(): Promise<void> }[] = [];
const start = async (...options: Parameters<typeof startLocalAws>): Promise<LocalAws> => {
  const aws = await startLocalAws(...options);
  started.push(aws);
  return aws;
};
let scripted: ScriptedResource;

beforeEach(async () => (scripted = await ScriptedResource.listen()));
afterEach(async () => {
  await Promise.all(started.splice(0).map((aws) => aws.stop()));
  await scripted.close();
});

const template = (properties = {}) => ({
  Resources: { Function: scripted.functionResource, Devices: scripted.customResource(properties) },
});

describe('a local AWS', () => {
  test('stands beside another one', async () => {
    const [one, two] = await Promise.all([start({ bootstrapped: false }), start({ bootstrapped: false })]);

    expect(one.url).not.toBe(two.url);
    await new Stack(one, 'here').create(template());
    await expect(new Stack(two, 'here').create(template())).resolves.toMatchObject({ status: 'CREATE_COMPLETE' });
  });

  test('is gone after stop, with its functions, even while a custom resource waits for an answer', async () => {
    const aws = await start({ bootstrapped: false });
    scripted.answer = () => undefined;
    const stack = new Stack(aws, 'waits');
    const creating = stack.create(template()).catch(() => 'interrupted');
    await until(() => scripted.events.length === 1);

    await aws.stop();

    expect(await creating).toBe('interrupted');
    expect(await isListening(aws.url)).toBe(false);
    await until(() => ![...scripted.pids].some(isAlive));
  });

  test('is gone with its functions when the process that started it is killed', async () => {
    const program = `
      require('./local-aws').startLocalAws({ bootstrapped: false })
        .then((aws) => console.log(JSON.stringify({ url: aws.url, environment: aws.environment, client: aws.client })))`;
    const parent = spawn(process.execPath, ['--import', 'tsx', '--eval', program], { cwd: REPOSITORY });
    const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
    const aws = JSON.parse(line) as LocalAws;
    await new Stack(aws, 'orphan').create(template());

    parent.kill('SIGKILL');

    await until(async () => !(await isListening(aws.url)));
    await until(() => ![...scripted.pids].some(isAlive));
  });
});

describe('a function of a local AWS', () => {
  /** What code in the function evaluates to. */
  const evaluate = async (expression: string): Promise<unknown> => {
    const aws = await start({ bootstrapped: false });
    let told: unknown;
    const listener = createServer((request, response) => {
      told = JSON.parse(decodeURIComponent(request.url!.slice(1)));
      response.end();
    }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as { port: number };
    const resource = template().Resources;
    const code = `
      const answer = async () => ${expression};
      exports.handler = async (event) => {
        await fetch('http://127.0.0.1:${port}/' + encodeURIComponent(JSON.stringify(await answer())));
        const { StackId, RequestId, LogicalResourceId } = event;
        const body = { StackId, RequestId, LogicalResourceId, Status: 'SUCCESS', PhysicalResourceId: 'id' };
        await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify(body) });
      };`;
    const Function = {
      ...resource.Function,
      Properties: { ...(resource.Function.Properties as object), Code: { ZipFile: code } },
    };
    const { status } = await new Stack(aws, 'asks').create({ Resources: { ...resource, Function } });
    listener.close();
    expect(status).toBe('CREATE_COMPLETE');
    return told;
  };

  test('finds the AWS SDK and nothing else of this repository', async () => {
    const found =
      await evaluate(`['@aws-sdk/client-s3', '@smithy/core', 'undici', 'zod', 'aws-cdk-lib'].filter((name) => {
      try { require.resolve(name); return true; } catch { return false; }
    })`);

    expect(found).toEqual(['@aws-sdk/client-s3', '@smithy/core']);
  });

  test('does not inherit the environment of the process that started the AWS', async () => {
    process.env.NOBODYS_BUSINESS = 'secret';
    try {
      expect(await evaluate(`Object.keys(process.env).includes('NOBODYS_BUSINESS')`)).toBe(false);
    } finally {
      delete process.env.NOBODYS_BUSINESS;
    }
  });
});

describe('under enforced IAM', () => {
  const READING = `
    const { GetSecretValueCommand, SecretsManagerClient } = require('@aws-sdk/client-secrets-manager');
    exports.handler = async (event) => {
      const { StackId, RequestId, LogicalResourceId, RequestType } = event;
      const ids = { StackId, RequestId, LogicalResourceId, PhysicalResourceId: 'id' };
      const answer = (body) => fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify({ ...ids, ...body }) });
      try {
        const ask = new GetSecretValueCommand({ SecretId: event.ResourceProperties.Secret });
        if (RequestType === 'Create') await new SecretsManagerClient().send(ask);
        await answer({ Status: 'SUCCESS' });
      } catch (failure) {
        await answer({ Status: 'FAILED', Reason: failure.name + ': ' + failure.message });
      }
    };`;
  const allow = (Service: string) => ({
    Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }],
  });
  const reader = (statements: unknown[]): Template => ({
    Resources: {
      Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: '{}' } },
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: allow('lambda.amazonaws.com') } },
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: { PolicyName: 'reader', Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: statements } },
      },
      Function: {
        Type: 'AWS::Lambda::Function',
        DependsOn: 'Policy',
        Properties: {
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Code: { ZipFile: READING },
        },
      },
      Read: {
        Type: 'Custom::Read',
        Properties: {
          ServiceToken: { 'Fn::GetAtt': ['Function', 'Arn'] },
          Secret: { Ref: 'Secret' },
          ServiceTimeout: 20,
        },
      },
    },
  });
  const listing = { Effect: 'Allow', Action: 'secretsmanager:ListSecrets', Resource: '*' };
  const reading = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: { Ref: 'Secret' } };

  test('a function may do what its role allows, and nothing else', async () => {
    const aws = await start({ bootstrapped: false, enforceIam: true });

    expect(await new Stack(aws, 'may').create(reader([listing, reading]))).toMatchObject({ status: 'CREATE_COMPLETE' });
    const refused = await new Stack(aws, 'may-not').create(reader([listing]));

    expect(refused.status).toBe('ROLLBACK_COMPLETE');
    expect(refused.reasons[0]).toMatch(/AccessDenied.*secretsmanager:GetSecretValue/);
  });
});

describe('the Python it runs on', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'pythons-'))));
  afterEach(() => rm(folder, { recursive: true }));

  test('missing, the message says what to install', async () => {
    await expect(findPython(folder)).rejects.toMatchObject({
      code: 'MissingPrerequisite',
      message: expect.stringMatching(/needs Python 3\.10 or newer, and there is none on PATH; install it/) as unknown,
    });
  });

  test('too old, the message names it', async () => {
    await pretend('python3', '/old/python3', [3, 9, 7]);

    await expect(findPython(folder)).rejects.toThrow('(/old/python3 is 3.9.7)');
  });

  test('is the first that is recent enough; stand-ins that only fail are passed over', async () => {
    await writeFile(join(folder, 'python3'), '#!/bin/sh\nexit 127\n');
    await chmod(join(folder, 'python3'), 0o755);
    await pretend('python3.11', '/new/python', [3, 11, 2]);

    expect(await findPython(folder)).toEqual({ path: '/new/python', version: [3, 11, 2] });
  });

  async function pretend(name: string, path: string, version: number[]): Promise<void> {
    await writeFile(join(folder, name), `#!/bin/sh\necho '${JSON.stringify({ path, version })}'\n`);
    await chmod(join(folder, name), 0o755);
  }
});

describe('the start script', () => {
  const run = promisify(execFile);

  test('refuses a MiniStack of another version', async () => {
    const { path } = await findPython();
    const other = await mkdtemp(join(tmpdir(), 'other-ministack-'));
    const metadata = join(other, 'ministack-9.9.9.dist-info');
    await mkdir(metadata);
    await writeFile(join(metadata, 'METADATA'), 'Metadata-Version: 2.1\nName: ministack\nVersion: 9.9.9\n');
    try {
      await expect(run(path, [join(MINISTACK, 'start.py')], { env: { PYTHONPATH: other } })).rejects.toThrow(
        'the mends fit MiniStack 1.5.33 and nothing else, but this is 9.9.9',
      );
    } finally {
      await rm(other, { recursive: true });
    }
  });

  test('refuses a MiniStack that lacks a function to mend', async () => {
    const { python, environment } = await installMinistack(() => undefined);
    const program = `import sys; sys.path.insert(0, ${JSON.stringify(MINISTACK)})
from mends.wrapping import wrap
wrap('stacks', '_gone', lambda original: original)`;

    await expect(
      run(python, ['-c', program], { env: { ...environment, PYTHONDONTWRITEBYTECODE: '1' } }),
    ).rejects.toThrow('this MiniStack has no stacks._gone: the mends do not fit it');
  });
});

describe('the AWS of the environment', () => {
  test('is none without AWS_ENDPOINT_URL', () => {
    expect(awsOfEnvironment({ AWS_REGION: 'eu-central-1' })).toBeUndefined();
  });

  test('is taken as it is', () => {
    const aws = awsOfEnvironment({ AWS_ENDPOINT_URL: 'http://localhost:4566', AWS_REGION: 'eu-central-1' });

    expect(aws).toMatchObject({ url: 'http://localhost:4566', region: 'eu-central-1' });
    expect(aws?.environment).toMatchObject({ AWS_ENDPOINT_URL: 'http://localhost:4566', AWS_REGION: 'eu-central-1' });
  });
});
