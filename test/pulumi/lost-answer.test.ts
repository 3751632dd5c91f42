/**
 * A provider process that is killed while the call is under way that creates the devices, where a job's id is born with its answer: so
 * nobody has ever heard of the job. Whoever comes minutes later registers nothing twice (I3), and has every secret (I4).
 */
import { certificates, legacy, preSharedKeys } from '../support/tested-clouds';
import { PluginStage } from './plugin-stage';

describe.each([preSharedKeys, certificates, legacy])('on $name', (cloud) => {
  let stage: PluginStage;
  beforeAll(async () => (stage = await PluginStage.open(cloud)));
  beforeEach(() => stage.begin());
  afterEach(() => stage.end());
  afterAll(() => stage.close());

  /** How the create ends that follows the killed one. */
  const createAgain = async () => {
    const slow = { kind: 'slow', ms: 60_000 } as const;
    stage.core.faults.add({ operation: 'CreateMultiDevice', fault: slow, times: 1 });
    const killed = await stage.start();
    const lost = killed.create(await stage.checked(killed)).catch(() => undefined);
    await stage.until(() => stage.started() === 1);
    await killed.end('SIGKILL');
    expect(await lost).toBeUndefined();

    stage.pass(5 * 60_000);
    const next = await stage.start();
    return { next, made: next.create(await stage.checked(next)) };
  };

  if (cloud === legacy) {
    it('is told which devices nobody can prove to be its own, and neither creates nor deletes any', async () => {
      const { made } = await createAgain();
      await expect(made).rejects.toThrow(/light-001.*light-005.*DevicesUnproven/);
      expect(stage.devices()).toEqual(stage.five);
      expect(stage.started()).toBe(1);
    });
    return;
  }

  it('has every device once, with its secrets', async () => {
    const { next, made } = await createAgain();
    const { id, outputs } = await made;

    expect(outputs.deviceNames).toEqual(stage.five);
    const secrets = JSON.parse(String(outputs.deviceSecrets)) as Record<string, Record<string, string>>;
    const kept = Object.entries(secrets).map(([name, secret]) => ({ name, ...secret }));
    expect(kept).toEqual(cloud.secretLines(stage.core));
    expect(stage.devices()).toEqual(stage.five);
    expect(cloud.doubles(stage.core)).toEqual([]);
    // What has lost its private key is of no use to anybody, and was made anew.
    expect(stage.started()).toBe(cloud === certificates ? 2 : 1);
    await next.delete(id, outputs);
    expect(stage.devices()).toEqual([]);
  });
});
