/** Device secrets in AWS Secrets Manager: they are where they were to be stored, and go with their generation (I2, I4). */
import { submit } from '../../lib/batch';
import type { DeviceCredentialsOption } from '../../lib/batch/contract';
import { awsError, secretDenied } from '../support/aws-errors';
import { killedAt } from '../support/killed-at';
import { IN_SECRETS_MANAGER } from '../support/memory-secrets';
import { testedClouds, where } from '../support/tested-clouds';
import { lights, World } from '../support/world';

const withKey: DeviceCredentialsOption = {
  secretsManager: {
    ...IN_SECRETS_MANAGER.secretsManager,
    encryptionKey: 'arn:aws:kms:eu-central-1:123456789012:key/1',
  },
};

describe.each(testedClouds)('$name', (cloud) => {
  let world: World;
  beforeEach(() => {
    world = new World({ cloud });
  });

  const inSecrets = (names: readonly string[], changes: Parameters<World['options']>[1] = {}) =>
    world.options(names, { deviceCredentials: IN_SECRETS_MANAGER, ...changes });

  /** What the cloud says of the devices of these names. */
  const issued = (names: readonly string[]) =>
    cloud.secretLines(world.emulator).filter(({ name = '' }) => names.includes(name));

  const secretsOf = (generation: string) =>
    [...world.secrets.secrets.keys()].filter((name) => name.includes(generation));
  const storedParts = (generation: string) =>
    [...world.store.objects.keys()].filter((key) => key.startsWith(`credentials/b1/${generation}/`));
  const notes = () => [...world.store.objects.keys()].filter((key) => key.startsWith('secrets/'));

  function expectInSecretsManager(generation: string, names: readonly string[]): void {
    expect(secretsOf(generation).sort()).toEqual(
      names.map((name) => `iot-device-batch/street/b1/${generation}/${name}`),
    );
    const byName = (one: { name?: string }, other: { name?: string }) => (one.name! < other.name! ? -1 : 1);
    expect(world.secrets.contents().sort(byName)).toEqual(issued(names).sort(byName));
  }

  describe('a batch whose device secrets are kept in Secrets Manager', () => {
    it('has one for each device, and none in the store (I4, I7)', async () => {
      const names = ['light-001', 'light:2', 'light-000003'];
      const { generation, state } = await world.create(inSecrets(names));
      expect(state).toBe('succeeded');
      expect([...world.secrets.secrets.keys()]).toEqual([
        `iot-device-batch/street/b1/${generation}/light-001`,
        `iot-device-batch/street/b1/${generation}/light=3A2`,
        `iot-device-batch/street/b1/${generation}/light=2D000003`,
      ]);
      expect(world.secrets.contents()).toEqual(issued(names));
      const inStore = [...world.store.objects.keys()].map((key) => world.store.text(key)).join('\n');
      for (const secret of cloud.secrets(world.emulator)) expect(inStore).not.toContain(secret);
      expect(storedParts(generation)).toEqual([]);
    });

    it('encrypts them with the key that it is given', async () => {
      await world.create(inSecrets(lights(1), { deviceCredentials: withKey }));
      expect([...world.secrets.secrets.values()]).toMatchObject([
        { encryptionKey: withKey.secretsManager.encryptionKey },
      ]);
    });

    it('leaves none when it is deleted (I2)', async () => {
      const { generation } = await world.create(inSecrets(lights(3)));
      expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
      expect([...world.secrets.secrets.keys(), ...notes()]).toEqual([]);
    });

    it('gives its next generation its own, and takes the old ones away with the old one', async () => {
      const { generation: old } = await world.create(inSecrets(lights(3)));
      const { generation } = await world.update(old, inSecrets(lights(3, 2)));
      expect(secretsOf(old)).toHaveLength(3);
      expect(secretsOf(generation)).toHaveLength(3);
      await world.delete(old);
      expectInSecretsManager(generation, lights(3, 2));
    });

    it('has those of its old generation and no others when a change is taken back after it succeeded', async () => {
      const { generation: old } = await world.create(inSecrets(lights(2)));
      const { generation: next } = await world.update(old, inSecrets(lights(3)));
      expect(await world.update(next, inSecrets(lights(2)))).toMatchObject({ state: 'succeeded', generation: old });
      await world.delete(next);
      expectInSecretsManager(old, lights(2));
    });

    it('has none of a change that failed (I2)', async () => {
      const { generation: old } = await world.create(inSecrets(lights(2)));
      world.fault({ kind: 'failCreate', names: ['light-004'] });
      expect((await world.update(old, inSecrets(lights(5)))).state).toBe('failed');
      expectInSecretsManager(old, lights(2));
      expect(world.devices()).toEqual(lights(2));
    });

    it('has those of the devices that a failed change kept', async () => {
      const { generation: old } = await world.create(inSecrets(lights(2)));
      world.fault({ kind: 'failCreate', names: ['light-004'] });
      const { generation: kept } = await world.update(old, inSecrets(lights(4), { onPartialFailure: 'keep' }));
      expect(secretsOf(kept).map((name) => name.split('/').at(-1))).toEqual(['light-003']);
      world.emulator.faults.clear();
      const fixed = await world.update(old, inSecrets(lights(4)));
      await world.delete(old);
      expectInSecretsManager(fixed.generation, lights(4));
    });

    it('keeps them where its devices are retained, for who lists these devices next', async () => {
      const { generation } = await world.create(inSecrets(lights(2), { removalPolicy: 'retain' }));
      await world.delete(generation);
      expect(secretsOf(generation)).toHaveLength(2);
      const next = await world.create(inSecrets(lights(2)), 'b2');
      expect(next.state).toBe('succeeded');
      expect(world.secrets.contents()).toEqual([...issued(lights(2)), ...issued(lights(2))]);
    });

    it('carries over no secret of a device that was registered anew', async () => {
      const { generation: old } = await world.create(inSecrets(lights(2)));
      world.deleteByHand('light-002');
      const { generation } = await world.update(old, inSecrets(lights(3)));
      await world.delete(old);
      expect(world.secrets.contents()).toHaveLength(3);
      expect(world.secrets.contents()).toEqual(expect.arrayContaining(issued(lights(3))));
      expect(secretsOf(generation)).toHaveLength(3);
    });

    it('may list the devices of a job elsewhere, if they are few enough', async () => {
      const job = await world.create(world.options(lights(10), { deviceCredentials: 'none' }), 'b0');
      const few = inSecrets([], { devices: { fromJob: { id: jobOf(job.generation) } } });
      expect((await world.create(few)).state).toBe('succeeded');
      expect(world.secrets.contents()).toEqual(issued(lights(10)));

      const large = await world.create(world.options(lights(11, 20), { deviceCredentials: 'none' }), 'b9');
      const many = inSecrets([], { devices: { fromJob: { id: jobOf(large.generation, 'b9') } } });
      expect(await world.create(many, 'b2')).toMatchObject({ state: 'failed', code: 'TooManySecrets' });
      expect(world.secrets.contents()).toHaveLength(10);
    });

    function jobOf(generation: string, batchId = 'b0'): string {
      return world.head(batchId).generations.find(({ id }) => id === generation)?.jobIds?.[0] as string;
    }
  });

  describe('whoever comes back after somebody else has taken over', () => {
    it.each(['store put secrets/', 'secret create'])(
      'at a "%s" makes no more secrets of what is gone (I2)',
      async (at) => {
        const order = world.order({ type: 'create', options: inSecrets(lights(3)) });
        const generation = (await submit(world.store, world.clock, 'b1', order)) as string;
        let slept = false;
        const ports = world.ports(async (what, run) => {
          if (slept || !what.startsWith(at)) return run();
          slept = true;
          // Of a secret the answer is late, of the store the call itself.
          const made = at.startsWith('secret') ? await run() : undefined;
          await world.clock.sleep(600_000);
          expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
          return made ?? run();
        });
        expect(await world.once(order.requestId, 'b1', ports)).toMatchObject({ state: 'failed', code: 'Superseded' });
        expect(slept).toBe(true);
        expect([...world.secrets.secrets.keys()].filter((name) => !name.endsWith('light-001'))).toEqual([]);
        expect(world.devices()).toEqual([]);
      },
    );

    it('makes no more secrets either of what was carried over (I2)', async () => {
      const { generation } = await world.create(world.options(lights(3)));
      const order = world.order({ type: 'update', options: inSecrets(lights(3)), named: generation });
      await world.submit(order);
      let slept = false;
      const ports = world.ports(async (what, run) => {
        if (slept || !what.startsWith('store put secrets/')) return run();
        slept = true;
        await world.clock.sleep(600_000);
        expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
        return run();
      });
      expect(await world.once(order.requestId, 'b1', ports)).toMatchObject({ state: 'failed', code: 'Superseded' });
      expect(slept).toBe(true);
      expect([...world.secrets.secrets.keys()]).toEqual([]);
    });
  });

  describe('device secrets that are to be kept elsewhere', () => {
    const places = {
      store: 'store',
      'Secrets Manager': IN_SECRETS_MANAGER,
      'another key': withKey,
      none: 'none',
    } as const;
    const moves = Object.keys(places).flatMap((from) => Object.keys(places).map((to) => [from, to] as const));

    it.each(moves.filter(([from, to]) => from !== to) as [keyof typeof places, keyof typeof places][])(
      'move from %s to %s with a new generation, and no device is touched (I1, I4)',
      async (from, to) => {
        const { generation: old } = await world.create(world.options(lights(2), { deviceCredentials: places[from] }));
        const before = world.identities();
        const moved = await world.update(old, world.options(lights(2), { deviceCredentials: places[to] }));
        expect(moved.state).toBe('succeeded');
        expect(moved.generation).not.toBe(old);
        await world.delete(old);
        expect(world.identities()).toEqual(before);

        const isThere = typeof places[to] === 'object';
        expect(world.secrets.contents()).toEqual(isThere ? issued(lights(2)) : []);
        expect(notes()).toHaveLength(isThere ? 1 : 0);
        const parts = [...world.store.objects.keys()].filter(
          (key) => key.startsWith('credentials/') && key.endsWith('.gz'),
        );
        expect(parts.flatMap((key) => world.credentials(key))).toEqual(
          to === 'store' ? issued(lights(2)).map((line) => expect.objectContaining(line) as unknown) : [],
        );

        expect(await world.delete(moved.generation)).toEqual({ state: 'succeeded' });
        expect([...world.secrets.secrets.keys(), ...notes()]).toEqual([]);
        expect([...world.store.objects.keys()].filter((key) => key.startsWith('credentials/'))).toEqual([]);
      },
    );

    it('are those of the devices that stay, whichever of its changes made them, and no others (I4)', async () => {
      const none = { deviceCredentials: 'none' } as const;
      const { generation: first } = await world.create(world.options(lights(2), none));
      const { generation: second } = await world.update(first, world.options(lights(3), none));
      const { state, generation } = await world.update(second, world.options(lights(2, 2)));
      expect(state).toBe('succeeded');
      const parts = storedParts(generation).filter((key) => key.endsWith('.gz'));
      const byName = (one: { name?: string }, other: { name?: string }) => (one.name! < other.name! ? -1 : 1);
      const stored = parts.flatMap((key) => world.credentials(key)).sort(byName);
      expect(stored).toEqual(issued(lights(2, 2)).map((line) => expect.objectContaining(line) as unknown));
    });

    where(cloud.tells.secrets)(
      'are asked for in parts, of which none is asked for again, and none takes the place of another (I4)',
      async () => {
        const adopted = lights(2_001);
        for (const name of adopted) world.seed(name);
        const options = world.options([...adopted, 'another'], cloud.adopting);
        const order = world.order({ type: 'create', options });
        await world.submit(order);
        await killedAt(world, order, (what) => what.startsWith('store put manifests/'));
        const asked = world.sent(cloud.operations.lookUp);
        await world.clock.sleep(400_000);
        expect(await world.work(order.requestId)).toMatchObject({ state: 'succeeded' });
        expect(world.sent(cloud.operations.lookUp)).toBe(asked);
        const parts = [...world.store.objects.keys()].filter((key) => /^credentials\/.*\.gz$/.test(key));
        const names = parts.flatMap((key) => world.credentials(key).map(({ name = '' }) => name));
        expect(names.sort()).toEqual([...adopted, 'another'].sort());
      },
    );

    where(!cloud.tells.secrets)(
      'cannot move from none to the store once the cloud has forgotten the job, and no device is touched (I1, I4)',
      async () => {
        world = new World({ cloud, jobs: { lifeMs: 3600_000 } });
        const { generation: old } = await world.create(world.options(lights(2), { deviceCredentials: 'none' }));
        const before = world.identities();
        await world.clock.sleep(2 * 3600_000);
        expect(await world.update(old, world.options(lights(2)))).toMatchObject({
          state: 'failed',
          code: 'CredentialsMissing',
          message: expect.stringMatching(/does not tell them again: light-001, light-002; /) as string,
        });
        expect(world.identities()).toEqual(before);
        expect([...world.secrets.secrets.keys(), ...notes()]).toEqual([]);
      },
    );

    it('are back in the store, and nowhere else, when the move is taken back', async () => {
      const { generation: old } = await world.create(world.options(lights(2)));
      const { generation: next } = await world.update(old, inSecrets(lights(2)));
      expect(await world.update(next, world.options(lights(2)))).toMatchObject({ state: 'succeeded', generation: old });
      await world.delete(next);
      expect(world.secrets.contents()).toEqual([]);
      expect(storedParts(old)).toHaveLength(2);
    });
  });

  describe('a Secrets Manager that refuses', () => {
    it.each([
      ['SecretsDenied', secretDenied],
      ['SecretsFailed', () => awsError('EncryptionFailure', 400, 'Access to KMS is not allowed')],
      ['SecretsFailed', () => awsError('LimitExceededException', 400)],
    ])('to make the second secret fails the change, which is taken back (%s)', async (code, error) => {
      world.secrets.trouble = (call) => (/^create .*light-002$/.test(call) ? error() : undefined);
      const result = await world.create(inSecrets(lights(3)));
      expect(result).toMatchObject({ state: 'failed', code, message: expect.stringMatching(/light-002/) as string });
      expect(world.devices()).toEqual([]);
      expect([...world.secrets.secrets.keys(), ...notes()]).toEqual([]);
    });

    it('to delete one owes it, whatever else is gone, and finishes when it may (I2, I11)', async () => {
      const { generation } = await world.create(inSecrets(lights(3)));
      world.secrets.trouble = (call) => (/^delete .*light-002$/.test(call) ? secretDenied() : undefined);
      expect(await world.delete(generation)).toMatchObject({ state: 'failed', code: 'SecretsDenied' });
      expect(world.head().generations).toMatchObject([{ phase: 'falling' }]);
      expect(secretsOf(generation)).toHaveLength(2);

      world.secrets.trouble = () => undefined;
      expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
      expect([...world.secrets.secrets.keys(), ...notes()]).toEqual([]);
    });

    it('for a fifth of the time-out on end fails the Delete, and owes the secrets (I8)', async () => {
      const { generation } = await world.create(inSecrets(lights(2)));
      world.secrets.trouble = (call) => (call.startsWith('delete') ? awsError('InternalServiceError', 500) : undefined);
      const began = world.clock.now();
      expect(await world.delete(generation)).toMatchObject({
        state: 'failed',
        code: 'SecretsUnavailable',
        message: expect.stringMatching(
          /^every call failed for 3\d\d s, last deleting secrets: .*InternalService/,
        ) as string,
      });
      expect(world.clock.now() - began).toBeLessThan(600_000);
      expect(world.devices()).toEqual([]);

      world.secrets.trouble = () => undefined;
      expect(await world.delete(generation)).toEqual({ state: 'succeeded' });
      expect([...world.secrets.secrets.keys(), ...notes()]).toEqual([]);
    });

    it('for a while is waited for, and one that stays away fails the change in time, which is taken back (I6, I8)', async () => {
      const back = world.clock.now() + 60_000;
      world.secrets.trouble = () => (world.clock.now() < back ? awsError('InternalServiceError', 500) : undefined);
      expect((await world.create(inSecrets(lights(2)))).state).toBe('succeeded');

      world.secrets.trouble = (call) => (call.startsWith('create') ? awsError('InternalServiceError', 500) : undefined);
      const failed = await world.create(inSecrets(lights(2, 5)), 'b2');
      expect(failed).toMatchObject({
        state: 'failed',
        code: 'DeadlineReached',
        message: expect.stringMatching(/storing secrets kept failing: .*InternalServiceError.*; rolled back/) as string,
      });
      expect(world.devices()).toEqual(lights(2));
    });
  });
});
