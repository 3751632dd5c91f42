import type { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Secrets, secretsManager } from '../../handler/secrets';
import { CloudError } from '../../lib/batch/ports/cloud';
import { awsError, connectionReset, secretDenied } from '../support/aws-errors';
import { HandlerWorld, SECRET_ARN } from '../support/handler-world';
import { VirtualClock } from '../support/virtual-clock';

describe('a secret', () => {
  const clock = new VirtualClock();
  const began = clock.now();

  it('is read once an invocation, and again when the keys were refused', async () => {
    let reads = 0;
    const secrets = new Secrets(async () => `text ${++reads}`, clock);
    const [one, two] = [secrets.source(SECRET_ARN, began), secrets.source(SECRET_ARN, began)];
    expect([await one(false), await two(false), await one(false)]).toEqual(['text 1', 'text 1', 'text 1']);
    expect([await one(true), await two(false)]).toEqual(['text 2', 'text 2']);
    expect(await secrets.source('another', began)(false)).toBe('text 3');
  });

  it.each([
    ['was granted a moment ago', secretDenied, 'transient', 'SecretDenied'],
    ['cannot be read for the network', connectionReset, 'transient', 'SecretUnavailable'],
    ['is throttled', () => awsError('ThrottlingException', 400), 'transient', 'SecretUnavailable'],
    ['does not exist', () => awsError('ResourceNotFoundException', 400), 'credentials', 'SecretMissing'],
    ['is to be deleted', () => awsError('InvalidRequestException', 400), 'credentials', 'SecretUnreadable'],
    ['cannot be decrypted', () => awsError('DecryptionFailure', 400), 'credentials', 'SecretUnreadable'],
  ])('that %s fails as it should', async (_what, error, kind, vendorCode) => {
    const secrets = new Secrets(() => Promise.reject(error()), clock);
    const failure = secrets.source(SECRET_ARN, clock.now())(false);
    await expect(failure).rejects.toMatchObject({ kind, vendorCode });
    await expect(failure).rejects.toBeInstanceOf(CloudError);
    await expect(failure).rejects.toThrow(SECRET_ARN);
  });

  it('that is denied for longer than a grant takes is denied for good, with the permissions that it needs', async () => {
    const secrets = new Secrets(() => Promise.reject(secretDenied()), clock);
    await expect(secrets.source(SECRET_ARN, clock.now() - 121_000)(false)).rejects.toMatchObject({
      kind: 'credentials',
      message: expect.stringMatching(/secretsmanager:GetSecretValue, and kms:Decrypt/) as string,
    });
  });

  it('that holds no text, or is not named at all, says so', async () => {
    const secrets = new Secrets(async () => undefined, clock);
    await expect(secrets.source(SECRET_ARN, began)(false)).rejects.toThrow('holds no text');
    await expect(secrets.source(undefined, began)(false)).rejects.toThrow('names no secret');
  });

  it('is asked for by the id that the options carry', async () => {
    const asked: unknown[] = [];
    const send = async (command: GetSecretValueCommand) => {
      asked.push(command.input);
      return { SecretString: 'text' };
    };
    expect(await secretsManager({ send } as unknown as SecretsManagerClient)('some/name')).toBe('text');
    expect(asked).toEqual([{ SecretId: 'some/name' }]);
  });
});

describe('a batch whose secret', () => {
  let world: HandlerWorld;
  let read: () => Promise<string | undefined>;
  beforeEach(async () => {
    world = await HandlerWorld.start({}, { readSecret: () => read() });
  });
  afterEach(() => world.close());

  function keys(): string {
    const { accessKeyId, accessKeySecret } = world.emulator.aliyun;
    return JSON.stringify({ accessKeyId, accessKeySecret });
  }

  it.each([
    ['is no JSON', () => Promise.resolve('{"AccessKeySecret": "Hush1234Hush1234"'), /no JSON.*CredentialsUnreadable/],
    [
      'lacks a member',
      () => Promise.resolve('{"AccessKeySecret":"Hush1234Hush1234"}'),
      /AccessKeyId.*CredentialsUnreadable/,
    ],
    [
      'is missing',
      () => Promise.reject(awsError('ResourceNotFoundException', 400)),
      /there is no secret.*SecretMissing/,
    ],
    ['has no text', () => Promise.resolve(undefined), /holds no text.*SecretEmpty/],
  ])('%s fails at once, says so, and shows no value (I7, I8)', async (_what, result, reason) => {
    read = result;
    const began = world.clock.now();
    const response = await world.create();
    expect(response.Status).toBe('FAILED');
    expect(response.Reason).toMatch(reason);
    expect(world.clock.now() - began).toBeLessThan(5_000);
    expect([...world.framework.responses, ...world.framework.log, ...world.log].join('\n')).not.toContain('Hush1234');
    expect(world.calls()).toHaveLength(0);
  });

  it('may be read only after a while is waited for (I8)', async () => {
    const granted = world.clock.now() + 100_000;
    read = async () => {
      if (world.clock.now() < granted) throw secretDenied();
      return keys();
    };
    expect((await world.create()).Status).toBe('SUCCESS');
  });

  it('may never be read fails after two minutes with what is to be granted', async () => {
    read = () => Promise.reject(secretDenied());
    const began = world.clock.now();
    const response = await world.create();
    expect(response.Reason).toMatch(/secretsmanager:GetSecretValue.*\[SecretDenied\]/);
    expect(world.clock.now() - began).toBeGreaterThanOrEqual(120_000);
    expect(world.clock.now() - began).toBeLessThan(200_000);
  });

  it('was rotated while the batch was worked on is read again', async () => {
    let reads = 0;
    read = async () => (reads++ === 0 ? JSON.stringify({ AccessKeyId: 'LTAIold', AccessKeySecret: 'old' }) : keys());
    expect((await world.create()).Status).toBe('SUCCESS');
    expect(reads).toBe(2);
  });
});
