import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsClientConfig } from '../../lib/stores/aws-client';
import { deviceSecrets, type DeviceSecrets } from '../../handler/device-secrets';
import { secretDenied } from '../support/aws-errors';
import { HandlerWorld } from '../support/handler-world';
import { IN_SECRETS_MANAGER } from '../support/memory-secrets';
import { startSecretsManager, type SecretsManagerLookAlike } from '../support/secrets-manager-look-alike';
import { lights } from '../support/world';

describe('a secret in AWS Secrets Manager', () => {
  let service: SecretsManagerLookAlike;
  let client: SecretsManagerClient;
  let secrets: DeviceSecrets;
  beforeEach(async () => {
    service = await startSecretsManager();
    client = new SecretsManagerClient({
      ...awsClientConfig,
      region: 'eu-central-1',
      endpoint: service.url,
      credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    });
    secrets = deviceSecrets(client);
  });
  afterEach(async () => {
    client.destroy();
    await service.close();
  });

  it('is made once, with its key, written over, read and deleted', async () => {
    expect(await secrets.create('one', 'text', 'arn:aws:kms:key')).toBe('created');
    expect(service.secrets.get('one')).toEqual({ text: 'text', key: 'arn:aws:kms:key' });
    expect(await secrets.create('one', 'other')).toBe('exists');
    expect(await secrets.read('one')).toBe('text');
    await secrets.replace('one', 'other');
    expect(await secrets.read('one')).toBe('other');
    await secrets.delete('one');
    expect(service.secrets.size).toBe(0);
  });

  it('that is not there, or to be deleted, is undefined; deleting it for good is no error', async () => {
    expect(await secrets.read('none')).toBeUndefined();
    await secrets.delete('none');
    service.secrets.set('one', { text: 'text', deleted: true });
    expect(await secrets.read('one')).toBeUndefined();
    await secrets.delete('one');
    expect(service.secrets.size).toBe(0);
  });

  it('whose making is answered to nobody is found to exist by the next try', async () => {
    let lost = false;
    service.disturb = () => (lost ? undefined : ((lost = true), 'lost'));
    expect(await secrets.create('one', 'text')).toBe('exists');
    expect(service.requests).toEqual(['CreateSecret one', 'CreateSecret one']);
  });

  it.each([
    [400, 'AccessDeniedException'],
    [400, 'EncryptionFailure'],
    [400, 'InvalidRequestException'],
  ])('that is refused is refused for its reason: %i %s', async (status, code) => {
    service.disturb = () => ({ status, code });
    await expect(secrets.create('one', 'text')).rejects.toMatchObject({ name: code });
    await expect(secrets.replace('one', 'text')).rejects.toMatchObject({ name: code });
    await expect(secrets.delete('one')).rejects.toMatchObject({ name: code });
  });
});

describe('a stack whose device secrets are kept in Secrets Manager', () => {
  let world: HandlerWorld;
  beforeEach(async () => {
    world = await HandlerWorld.start();
  });
  afterEach(() => world.close());

  const inSecrets = (count: number) => ({
    devices: { sequence: { prefix: 'light-', count } },
    deviceCredentials: IN_SECRETS_MANAGER,
  });
  const names = () => [...world.secrets.secrets.keys()];

  it('has them from its creation to its deletion, in the name of the generation that CloudFormation knows', async () => {
    const { Status, PhysicalResourceId: id, Data } = await world.create(inSecrets(2));
    expect(Status).toBe('SUCCESS');
    expect(names()).toEqual(lights(2).map((name) => `iot-device-batch/street/${String(Data?.BatchId)}/${id}/${name}`));
    await world.delete(id, inSecrets(2));
    expect(names()).toEqual([]);
  });

  it('waits for a grant that is on its way (I8)', async () => {
    const granted = world.clock.now() + 100_000;
    world.secrets.trouble = () => (world.clock.now() < granted ? secretDenied() : undefined);
    expect((await world.create(inSecrets(2))).Status).toBe('SUCCESS');
    expect(names()).toHaveLength(2);
  });

  it('fails after two minutes without one, says what is to be granted, and leaves nothing (I2, I8)', async () => {
    const began = world.clock.now();
    world.secrets.trouble = (call) => (call.startsWith('create') ? secretDenied() : undefined);
    const { Reason, PhysicalResourceId: id } = await world.create(inSecrets(2));
    expect(Reason).toMatch(
      /may not create the secret .*light-001.*secretsmanager:CreateSecret.*rolled back.*\[SecretsDenied\]/,
    );
    expect(world.clock.now() - began).toBeGreaterThanOrEqual(120_000);
    expect(world.clock.now() - began).toBeLessThan(200_000);
    expect(world.devices()).toEqual([]);
    expect((await world.delete(id, inSecrets(2))).Status).toBe('SUCCESS');
  });

  it('may not have more than ten, even if its template was edited: nothing is registered', async () => {
    const { Reason, PhysicalResourceId: id } = await world.create(inSecrets(11));
    expect(Reason).toMatch(/^11 devices .*\[TooManySecrets\]/);
    expect(world.calls()).toEqual([]);
    expect((await world.delete(id, inSecrets(11))).Status).toBe('SUCCESS');

    const { PhysicalResourceId: ten } = await world.create(inSecrets(10));
    expect((await world.update(ten, inSecrets(11), inSecrets(10))).Reason).toMatch(/\[TooManySecrets\]/);
    expect(await world.update(ten, inSecrets(10), inSecrets(11))).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: ten,
    });
    expect(world.devices()).toHaveLength(10);
    expect(names()).toHaveLength(10);
  });

  it('is rolled back from there, and moved away from there, without a device being touched', async () => {
    const { PhysicalResourceId: old } = await world.create();
    const before = world.emulator.emulator.aliyun.devices();
    const { PhysicalResourceId: next } = await world.update(old, inSecrets(3));
    expect(names()).toHaveLength(3);
    expect((await world.update(next, {}, inSecrets(3))).PhysicalResourceId).toBe(old);
    await world.delete(next, inSecrets(3));
    expect(names()).toEqual([]);

    const { PhysicalResourceId: moved } = await world.update(old, inSecrets(3));
    await world.delete(old);
    expect([...world.store.objects.keys()].filter((key) => key.startsWith('credentials/'))).toEqual([]);
    const { PhysicalResourceId: none } = await world.update(moved, { deviceCredentials: 'none' }, inSecrets(3));
    await world.delete(moved, inSecrets(3));
    expect(names()).toEqual([]);
    expect(world.emulator.emulator.aliyun.devices()).toEqual(before);
    expect((await world.delete(none, { deviceCredentials: 'none' })).Status).toBe('SUCCESS');
  });
});
