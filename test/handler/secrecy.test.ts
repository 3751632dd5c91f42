import { gunzipSync } from 'node:zlib';
import { secretDenied } from '../support/aws-errors';
import { HandlerWorld } from '../support/handler-world';
import { IN_SECRETS_MANAGER } from '../support/memory-secrets';

describe('no secret is in an event, response, log line, error text, manifest or record (I7)', () => {
  let world: HandlerWorld;
  beforeEach(async () => {
    world = await HandlerWorld.start();
  });
  afterEach(() => world.close());

  /** Keys, and every device secret that the cloud has ever given out. */
  function secrets(): string[] {
    const { aliyun } = world.emulator.emulator;
    return [world.emulator.aliyun.accessKeySecret, ...aliyun.platform.issuedSecrets()];
  }

  function expectNoSecretIn(places: Record<string, readonly string[]>): void {
    expect(secrets().length).toBeGreaterThan(2);
    for (const [place, texts] of Object.entries(places)) {
      const leaked = secrets().filter((secret) => texts.some((text) => text.includes(secret)));
      expect({ place, leaked }).toEqual({ place, leaked: [] });
    }
  }

  /** Every object of the store but the credentials: keys and bodies. */
  function records(): string[] {
    return [...world.store.objects.keys()]
      .filter((key) => !key.startsWith('credentials/'))
      .flatMap((key) => [key, world.store.text(key) ?? '']);
  }

  function everywhere(): Record<string, readonly string[]> {
    return {
      responses: world.framework.responses,
      'the log of the framework': world.framework.log,
      'the log of the handler': world.log,
      records: records(),
    };
  }

  it('over a whole life', async () => {
    const { PhysicalResourceId: id } = await world.create();
    const kept = records();
    const { PhysicalResourceId: next } = await world.update(id, { devices: { named: ['light-002', 'light-007'] } });
    const keptNext = records();
    await world.delete(id);
    await world.delete(next);
    expectNoSecretIn({ ...everywhere(), kept, keptNext });
  });

  it('when devices are not created, the cloud answers garbage and connections break', async () => {
    const { faults } = world.emulator.emulator;
    faults.add({ fault: { kind: 'garbage' }, times: 2 });
    faults.add({ fault: { kind: 'drop', when: 'after' }, times: 3 });
    faults.add({ fault: { kind: 'cut' }, operation: 'QueryPageByApplyId', times: 2 });
    faults.add({ fault: { kind: 'failCreate', names: ['light-003'] } });
    const failed = await world.create();
    expect(failed.Status).toBe('FAILED');
    await world.delete(failed.PhysicalResourceId);
    expectNoSecretIn(everywhere());
  });

  it('when the keys are refused, although the cloud quotes what was signed', async () => {
    const { accessKeyId } = world.emulator.aliyun;
    const wrong = { AccessKeyId: accessKeyId, AccessKeySecret: 'Hush1234Hush1234', SecurityToken: 'Whisper5678' };
    await world.close();
    world = await HandlerWorld.start({}, { readSecret: async () => JSON.stringify(wrong) });
    expect((await world.create()).Reason).toMatch(/keys.*\[/);
    expect(JSON.stringify(everywhere())).not.toMatch(/Hush1234|Whisper5678/);
  });

  it('and they are below the prefix of the credentials, for whoever is granted it', async () => {
    const { PhysicalResourceId: id } = await world.create();
    const [batchId] = id.split('-');
    const parts = [...world.store.objects.entries()].filter(([key]) =>
      key.startsWith(`credentials/${batchId}/${id}/part-`),
    );
    const lines = parts.map(([, { body }]) => gunzipSync(body).toString('utf8')).join('');
    for (const secret of world.emulator.emulator.aliyun.platform.issuedSecrets()) expect(lines).toContain(secret);
    await world.delete(id);
    expect([...world.store.objects.keys()].filter((key) => key.startsWith('credentials/'))).toEqual([]);
  });

  it.each([
    ['and are in Secrets Manager only, where they are kept there', () => undefined],
    [
      'nor shown when Secrets Manager refuses them',
      (call: string) => (/light-002$/.test(call) ? secretDenied() : undefined),
    ],
  ])('%s', async (_what, trouble) => {
    world.secrets.trouble = trouble;
    const inSecrets = { deviceCredentials: IN_SECRETS_MANAGER };
    const { PhysicalResourceId: id, Status } = await world.create(inSecrets);
    const kept = [...world.secrets.secrets.values()].map(({ text }) => text).join('\n');
    expect(Status).toBe(kept === '' ? 'FAILED' : 'SUCCESS');
    if (kept !== '') for (const secret of secrets().slice(1)) expect(kept).toContain(secret);
    const bodies = [...world.store.objects.values()].map(({ body }) => Buffer.from(body).toString('utf8'));
    await world.delete(id, inSecrets);
    expectNoSecretIn({ ...everywhere(), bodies, 'names of secrets': [...world.secrets.secrets.keys()] });
  });

  it('nor in the store at all where none are to be kept', async () => {
    await world.create({ deviceCredentials: 'none' });
    expect([...world.store.objects.keys()].filter((key) => key.startsWith('credentials/'))).toEqual([]);
    expectNoSecretIn(everywhere());
  });
});
