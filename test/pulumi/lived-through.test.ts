/** What random lives of the twin have come upon (test/simulation/twin), one case after another. */
import { setTimeout } from 'node:timers/promises';
import { Attendance } from '../../lib/pulumi/attendance';
import type { Inputs } from '../../lib/pulumi/inputs';
import { thisMachine } from '../../lib/pulumi/machine';
import { MemoryVault } from '../../lib/pulumi/memory-vault';
import { ProviderMethods } from '../../lib/pulumi/methods';
import * as provider from '../../lib/pulumi/provider';
import { storeThrough } from '../../lib/stores/store-through';
import { aliyun, certificates, legacy } from '../support/tested-clouds';
import { VirtualClock } from '../support/virtual-clock';
import { OTHER, Stage, urnOf as urn } from './stage';

describe.each([aliyun, certificates])('on $name', (cloud) => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.set(cloud);
  });
  afterEach(() => stage.end());

  const checked = (changes: Partial<Inputs>, olds?: Partial<Inputs>) => stage.checked(changes, olds);

  it('what a create made of which nobody has heard goes when another program creates the batch (I2, I11)', async () => {
    // One that no other test has had in its state.
    const resourceUrn = urn(`unheard of on ${cloud.name}`);
    await stage.up({ resourceUrn });
    stage.state = undefined;
    const outputs = await stage.up({ resourceUrn, devices: { named: ['light-002', 'gate'] } });
    expect(outputs.deviceNames).toEqual(['light-002', 'gate']);
    expect(stage.devices()).toEqual(['gate', 'light-002']);
    await stage.destroy();
    expect(stage.devices()).toEqual([]);
  });

  it('what leaves the batch goes, although a state that was lost had just what is left (I2)', async () => {
    const resourceUrn = urn('with a state that was lost');
    const few = { resourceUrn, devices: { named: ['light-001'] } };
    await stage.up(few);
    await stage.up({ ...few, deleteActivated: true });
    stage.state = undefined;
    await stage.up({ resourceUrn, devices: { named: ['light-001', 'gate'] } });
    const outputs = await stage.up(few);
    expect(outputs.deviceNames).toEqual(['light-001']);
    expect(stage.devices()).toEqual(['light-001']);
  });

  it('nor does it stay where the next create is on a machine whose clock is behind (I2)', async () => {
    const first = providerIn('first');
    const inputs = await stage.checked({ resourceUrn: urn('unheard of elsewhere') }, {}, first);
    await first.create(inputs);
    const behind = providerIn('behind', undefined, undefined, -2_000);
    const changed = { ...inputs, devices: { named: ['light-002', 'gate'] } };
    const { outs } = await behind.create(await stage.checked(changed, {}, behind));
    expect(outs.deviceNames).toEqual(['light-002', 'gate']);
    expect(stage.devices()).toEqual(['gate', 'light-002']);
  });

  it('what a create made of which nobody has heard goes with the batch, where the create that came after it failed (I2, I11)', async () => {
    const resourceUrn = urn(`unheard of before a failure on ${cloud.name}`);
    await stage.up({ resourceUrn });
    stage.state = undefined;
    stage.core.faults.add({ fault: { kind: 'failCreate', names: ['gate'] } });
    const other = { devices: { named: ['light-002', 'bell', 'gate'] }, onPartialFailure: 'keep' as const };
    await expect(stage.up({ resourceUrn, ...other })).rejects.toThrow(/gate.*kept/);
    stage.core.faults.clear();
    expect(stage.state).toBeDefined();
    await stage.destroy();
    expect(stage.devices()).toEqual([]);
  });

  it('a journal that is older than what became of the batch is not taken at its word: the devices are looked up (I4)', async () => {
    const resourceUrn = urn(`told by an old journal on ${cloud.name}`);
    await stage.up({ resourceUrn });
    const old = stage.copyJournal();
    await stage.destroy();
    stage.bringBack(old);
    const outputs = await stage.up({ resourceUrn });
    expect(stage.devices()).toEqual(outputs.deviceNames);
    await stage.destroy();
    expect(stage.devices()).toEqual([]);
  });

  it('a replaced batch and its replacement may be destroyed side by side: neither supersedes the other (I5)', async () => {
    cloud.seed(stage.core, { product: OTHER });
    await stage.up();
    const undeletable = { kind: 'businessError', code: cloud.codes.undeletable } as const;
    stage.core.faults.add({ operation: 'DeleteDevice', fault: undeletable, after: 1, times: 1_000 });
    await expect(stage.up({ cloud: cloud.product(stage.core, OTHER, stage.emulator.url) })).rejects.toThrow();
    stage.core.faults.clear();
    const both = [...stage.pending, stage.state].flatMap((each) => each ?? []);
    expect(both).toHaveLength(2);
    await Promise.all(both.map(({ id, outputs }) => provider.delete(id, outputs)));
    expect([...stage.devices(), ...stage.devices(OTHER)]).toEqual([]);
  });

  it('a batch that was renamed and another one under its old name, which share an id, change side by side (I5)', async () => {
    const first = await checked({ resourceUrn: urn('old') });
    const made = await provider.create(first);
    const renamed = await checked({ resourceUrn: urn('new'), devices: { named: ['light-001'] } }, first);
    await provider.diff(made.id, made.outs, renamed);
    const again = await checked({ resourceUrn: urn('old'), devices: { named: ['gate'] } });
    const [updated, created] = await Promise.all([
      provider.update(made.id, made.outs, renamed),
      provider.create(again),
    ]);
    expect(stage.devices()).toEqual(['gate', 'light-001']);
    await provider.delete(created.id, created.outs);
    expect(stage.devices()).toEqual(['light-001']);
    await provider.delete(made.id, updated.outs);
    expect(stage.devices()).toEqual([]);
  });

  it('a batch that was renamed changes, and what stands under its old name by now, which nobody has named yet, stays (I1)', async () => {
    const first = await checked({ resourceUrn: urn('named before') });
    const made = await provider.create(first);
    const renamed = await checked({ resourceUrn: urn('named now'), devices: { named: ['light-001'] } }, first);
    await provider.diff(made.id, made.outs, renamed);
    const created = await provider.create(
      await checked({ resourceUrn: urn('named before'), devices: { named: ['gate'] } }),
    );
    const updated = await provider.update(made.id, made.outs, renamed);
    expect(stage.devices()).toEqual(['gate', 'light-001']);
    await provider.delete(created.id, created.outs);
    await provider.delete(made.id, updated.outs);
    expect(stage.devices()).toEqual([]);
  });

  it('a name moves from one batch to another where the journal of both is lost', async () => {
    const giver = await checked({ resourceUrn: urn('giver') });
    const given = await provider.create(giver);
    stage.loseJournal();
    const less = await checked({ resourceUrn: urn('giver'), devices: { named: ['light-001'] } }, giver);
    await provider.diff(given.id, given.outs, less);
    const taken = await provider.create(
      await checked({ resourceUrn: urn('taker'), devices: { named: ['light-002'] } }),
    );
    expect(taken.outs.deviceNames).toEqual(['light-002']);
    const { outs } = await provider.update(given.id, given.outs, less);
    expect(stage.devices()).toEqual(['light-001', 'light-002']);
    await provider.delete(taken.id, taken.outs);
    await provider.delete(given.id, outs);
    expect(stage.devices()).toEqual([]);
  });

  it('what was to be replaced stays until it is deleted where the journal is written from the state of a replacement that failed (I1)', async () => {
    cloud.seed(stage.core, { product: OTHER });
    await stage.up();
    const old = stage.state!;
    const elsewhere = {
      cloud: cloud.product(stage.core, OTHER, stage.emulator.url),
      onPartialFailure: 'keep' as const,
    };
    stage.core.faults.add({ operation: cloud.operations.create, fault: { kind: 'failCreate', names: ['light-002'] } });
    await expect(stage.up(elsewhere)).rejects.toThrow(/kept/);
    stage.core.faults.clear();
    stage.loseJournal();
    const gate = await checked({ resourceUrn: urn('gates'), devices: { named: ['gate'] } });
    const { id, outputs, inputs } = stage.state!;
    await provider.diff(id, outputs, inputs);
    await provider.create(gate);
    expect(stage.devices()).toEqual(['gate', ...old.outputs.deviceNames]);
    await stage.up(elsewhere);
    await provider.delete(old.id, old.outputs);
    expect(stage.devices()).toEqual(['gate']);
    expect(stage.devices(OTHER)).toEqual(old.outputs.deviceNames);
  });

  it('what was replaced lists nothing any more where the journal is written from the state of its replacement (I2)', async () => {
    cloud.seed(stage.core, { product: OTHER });
    await stage.up();
    await stage.up({ cloud: cloud.product(stage.core, OTHER, stage.emulator.url) });
    stage.loseJournal();
    await stage.up();
    expect(stage.devices()).toEqual(['light-001', 'light-002', 'light-003']);
    expect(stage.devices(OTHER)).toEqual([]);
    await stage.destroy();
    expect(stage.devices()).toEqual([]);
    expect(stage.journalTexts().filter((text) => text.includes('"phase":"standing"'))).toEqual([]);
  });

  it('an old journal in which a create was under way takes nothing back when another batch is made: it is put aside first (I1)', async () => {
    const old: { journal?: string } = {};
    const first = providerIn('killed', (key) => {
      if (key.includes('/devices/')) old.journal ??= stage.copyJournal();
    });
    const inputs = await stage.checked({}, {}, first);
    const { id, outs } = await first.create(inputs);
    stage.bringBack(old.journal as string);

    const next = providerIn('next');
    await next.diff(id, outs, await stage.checked({}, inputs, next));
    await next.create(await stage.checked({ resourceUrn: urn('gates'), devices: { named: ['gate'] } }, {}, next));
    expect(stage.devices()).toEqual(['gate', ...outs.deviceNames]);
    expect(stage.said).toContain('was put aside');
  });

  it('nor while it is put aside, and what the state knows is written in its place (I1, I11)', async () => {
    const old: { journal?: string } = {};
    const first = providerIn('killed', (key) => {
      if (key.includes('/devices/')) old.journal ??= stage.copyJournal();
    });
    const inputs = await stage.checked({}, {}, first);
    const { id, outs } = await first.create(inputs);
    stage.bringBack(old.journal as string);

    // By then nobody finishes any more what the old journal has.
    const laterMs = 3 * 3600_000;
    const other = providerIn('other', undefined, undefined, laterMs);
    let created: Promise<unknown> | undefined;
    const gates = await stage.checked({ resourceUrn: urn('gates'), devices: { named: ['gate'] } }, {}, other);
    const next = providerIn(
      'next',
      async (key) => {
        if (key.includes('/devices/')) await (created ??= other.create(gates));
      },
      undefined,
      laterMs,
    );
    await next.diff(id, outs, await stage.checked({}, inputs, next));
    expect(created).toBeDefined();
    expect(stage.devices()).toEqual(['gate', ...outs.deviceNames]);
    await next.delete(id, outs);
    expect(stage.devices()).toEqual(['gate']);
  });

  /** `gates` in a state of its own, and in that of `lights`, which has devices to delete still. Then the journal is lost. */
  const besideAnother = async () => {
    const gates = await checked({ resourceUrn: urn('gates'), devices: { named: ['gate'] } });
    const { id, outs } = await provider.create(gates);
    await stage.up();
    const undeletable = { kind: 'businessError', code: cloud.codes.undeletable } as const;
    // The first deletion only proves that devices may be deleted.
    stage.core.faults.add({ operation: cloud.operations.delete, fault: undeletable, after: 1, times: 1_000 });
    await expect(stage.up({ devices: { named: ['light-001'] } })).rejects.toThrow(cloud.codes.undeletable);
    stage.core.faults.clear();
    stage.loseJournal();
    return { id, outs, batchId: gates.batchId };
  };

  it.each([
    ['of its record', 'generations/'],
    ['of its head', 'heads/'],
  ])(
    'a batch goes while another one, whose state knows it, writes the lost journal: at its first object %s (I6, I11)',
    async (_, prefix) => {
      const { id, outs, batchId } = await besideAnother();
      let deleted: Promise<unknown> | undefined;
      const other = providerIn('other');
      const next = providerIn('next', async (key) => {
        if (key.startsWith(prefix) && key.includes(batchId)) await (deleted ??= other.delete(id, outs));
      });
      await next.delete(stage.state!.id, stage.state!.outputs);
      expect(deleted).toBeDefined();
      expect(stage.devices()).toEqual([]);
      expect(stage.journalTexts().filter((text) => text.includes('"phase":"standing"'))).toEqual([]);
    },
  );

  it('a batch is as it was where the lost journal is written from the state of another one (I6)', async () => {
    const { id, outs } = await besideAnother();
    await stage.destroy();
    const { props } = await provider.read(id, outs);
    expect(props?.deviceNames).toEqual(['gate']);
  });

  it('an order whose engine goes while it is written does not supersede that of the next one (I5)', async () => {
    const engine = { isThere: true };
    const next = providerIn('next');
    const inputs = await stage.checked({}, {}, next);
    let created: ReturnType<typeof next.create> | undefined;
    const orphan = providerIn(
      'orphan',
      async (key) => {
        if (!key.startsWith('heads/') || created) return;
        engine.isThere = false;
        created = next.create(inputs);
        // Under its own name: until then a file is only being written.
        while (!stage.journal('heads').some((path) => /\.v\d+$/.test(path))) await setTimeout(1);
      },
      () => engine.isThere,
    );
    const late = orphan.create(await stage.checked({ devices: { named: ['gate'] } }, {}, orphan));
    await expect(late).rejects.toThrow('EngineGone');
    expect((await created)?.outs.deviceNames).toEqual(['light-001', 'light-002', 'light-003']);
    expect(stage.devices()).toEqual(['light-001', 'light-002', 'light-003']);
  });
});

test('devices of one name on two products, which API 2.0 tells by their names only, keep their own secrets (I4)', () => {
  const vault = new MemoryVault();
  const device = (secret: string) => ({
    name: 'light-001',
    identity: 'name:light-001',
    credentials: { DevicePsk: secret },
  });
  vault.remember({ batchId: 'one', product: 'here' }, [device('its own')], new Map());
  vault.remember({ batchId: 'other', product: 'here' }, [device('another one')], new Map());
  vault.remember({ batchId: 'one', product: 'there' }, [device('that of its replacement')], new Map());
  const place = { batchId: 'one', generationId: 'any', product: 'here' };
  expect(vault.of(place, [device('')])).toEqual([device('its own')]);
});

describe.each([aliyun, certificates, legacy])('on $name', (cloud) => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.set(cloud);
  });
  afterEach(() => stage.end());

  it('devices that were made anew by a change of which nobody has heard do not get the secrets of those before (I4)', async () => {
    const first = providerIn('first');
    const inputs = await stage.checked({ deviceCredentials: 'state' }, {}, first);
    const { id, outs } = await first.create(inputs);
    // Pulumi was killed before it wrote down what came of this, and of the next one.
    await first.delete(id, outs);
    const more = { devices: { named: [...outs.deviceNames, 'gate'] }, deviceCredentials: 'state' as const };
    const killed = providerIn('killed');
    await killed.update(id, outs, await stage.checked(more, inputs, killed));
    const issued = cloud.secretLines(stage.core).map(({ name = '', ...secrets }) => [name, secrets] as const);

    for (const [process, changes] of [
      ['same', more],
      ['other', {}],
    ] as const) {
      const next = providerIn(process);
      const updated = await next.update(
        id,
        outs,
        await stage.checked({ ...changes, deviceCredentials: 'state' }, inputs, next),
      );
      const secrets = JSON.parse(updated.outs.deviceSecrets) as Record<string, unknown>;
      expect(secrets).toEqual(Object.fromEntries(issued.filter(([name]) => updated.outs.deviceNames.includes(name))));
      expect(updated.outs.deviceNames).toEqual('devices' in changes ? changes.devices.named : outs.deviceNames);
    }
  });
});

test('an engine that has gone before its provider called the cloud for the first time has gone', async () => {
  let isThere = true;
  const attendance = new Attendance(() => Promise.resolve(isThere), new VirtualClock());
  isThere = false;
  await expect(attendance.check()).rejects.toThrow('is gone');
});

test('who is about to give an order looks for the engine once more, however lately it was there (I5)', async () => {
  let isThere = true;
  const attendance = new Attendance(() => Promise.resolve(isThere), new VirtualClock());
  await attendance.check();
  isThere = false;
  await attendance.check();
  await expect(attendance.check({ afresh: true })).rejects.toThrow('is gone');
});

/** A provider process. `writing`: told before each write of its journal. */
function providerIn(
  self: string,
  writing: (key: string) => Promise<void> | void = () => undefined,
  isThere = () => true,
  laterMs = 0,
): ProviderMethods {
  const here = thisMachine();
  const machine = { ...here, clock: { ...here.clock, now: () => here.clock.now() + laterMs } };
  return new ProviderMethods({
    ...machine,
    workers: { self, isDead: (worker) => worker === 'killed' },
    attendance: new Attendance(() => Promise.resolve(isThere()), machine.clock),
    openJournal: (place) =>
      storeThrough(machine.openJournal(place), async (verb, key, call) => {
        if (verb === 'put') await writing(key);
        return call();
      }),
  });
}
