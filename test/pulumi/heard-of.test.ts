/** What the provider may conclude where it does not know whether its answer was heard: it is never told what the state has. */
import { join } from 'node:path';
import { systemClock } from '../../lib/batch';
import { BatchRecord } from '../../lib/batch/record/batch-record';
import type { Inputs } from '../../lib/pulumi/inputs';
import { thisMachine } from '../../lib/pulumi/machine';
import { ProviderMethods } from '../../lib/pulumi/methods';
import type { Outputs } from '../../lib/pulumi/state';
import { FileStore } from '../../lib/stores/file-store';
import { aliyun, certificates } from '../support/tested-clouds';
import { OTHER, Stage, urnOf as urn } from './stage';

describe.each([aliyun, certificates])('on $name', (cloud) => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.set(cloud);
  });
  afterEach(() => stage.end());

  /** A provider process of its own, as each command of Pulumi has one. */
  const command = () => new ProviderMethods(thisMachine());

  const checked = (methods: ProviderMethods, changes: Partial<Inputs>, olds?: Partial<Inputs>) =>
    stage.checked(changes, olds, methods);

  it('what a renamed batch has kept of a failed change is no business of another one under its old name (I1)', async () => {
    let methods = command();
    const first = await checked(methods, { resourceUrn: urn('old') });
    const { id, outs } = await methods.create(first);
    methods = command();
    const devices = { named: ['light-001', 'light-002', 'light-003', 'bell', 'horn'] };
    const renamed = await checked(
      methods,
      { resourceUrn: urn('new'), devices, onPartialFailure: 'keep' as const },
      first,
    );
    await methods.diff(id, outs, renamed);
    stage.core.faults.add({ fault: { kind: 'failCreate', names: ['horn'] } });
    const failure: unknown = await methods.update(id, outs, renamed).catch((error: unknown) => error);
    stage.core.faults.clear();
    const { properties } = failure as { properties: Outputs };
    expect(stage.devices()).toEqual(['bell', 'light-001', 'light-002', 'light-003']);

    methods = command();
    const another = await methods.create(
      await checked(methods, { resourceUrn: urn('old'), devices: { named: ['gate'] } }),
    );
    expect(stage.devices()).toEqual(['bell', 'gate', 'light-001', 'light-002', 'light-003']);
    methods = command();
    await methods.delete(another.id, another.outs);
    expect(stage.devices()).toEqual(['bell', 'light-001', 'light-002', 'light-003']);
    await methods.delete(id, properties);
    expect(stage.devices()).toEqual([]);
  });

  describe('a replacement of whose end nobody has heard', () => {
    const cutOff = async () => {
      cloud.seed(stage.core, { product: OTHER });
      let methods = command();
      const first = await checked(methods, {});
      const made = await methods.create(first);
      methods = command();
      const moved = { cloud: cloud.product(stage.core, OTHER, stage.emulator.url) };
      await methods.diff(made.id, made.outs, await checked(methods, moved, first));
      await methods.create(await checked(methods, moved));
      expect(stage.devices(OTHER)).toHaveLength(3);
      return { first, ...made };
    };

    it('goes with what it replaces (I2, I11)', async () => {
      const { id, outs } = await cutOff();
      await command().delete(id, outs);
      expect([...stage.devices(), ...stage.devices(OTHER)]).toEqual([]);
    });

    it('is a change for the program as it was, which undoes it (I2, I11)', async () => {
      const { first, id, outs } = await cutOff();
      const methods = command();
      const again = await checked(methods, {}, first);
      expect(await methods.diff(id, outs, again)).toEqual({ changes: true });
      const updated = await methods.update(id, outs, again);
      expect(stage.devices(OTHER)).toEqual([]);
      expect(stage.devices()).toEqual(updated.outs.deviceNames);
      expect(await methods.diff(id, updated.outs, again)).toEqual({ changes: false });
    });
  });

  it('what is replaced without a diff, as with --replace and state taint, does not take the devices with it (I4)', async () => {
    let methods = command();
    const made = await methods.create(await checked(methods, {}));
    // The engine then shows the provider nothing of the state before it deletes (step_generator.go, isTargetedReplace).
    methods = command();
    const replacement = await methods.create(await checked(methods, {}));
    await methods.delete(made.id, made.outs);
    expect(stage.devices()).toEqual(replacement.outs.deviceNames);
    expect(replacement.outs.deviceSecrets).toEqual(made.outs.deviceSecrets);
    expect(stage.calls('create')).toBe(1);
    await command().delete(replacement.id, replacement.outs);
    expect(stage.devices()).toEqual([]);
  });

  it.each(['what was replaced first', 'the replacement first', 'both at once'])(
    'what is replaced so after its journal was lost is deleted as well, %s (I2)',
    async (order) => {
      let methods = command();
      const made = await methods.create(await checked(methods, {}));
      stage.loseJournal();
      methods = command();
      const replacement = await methods.create(await checked(methods, { devices: { named: ['gate', 'horn'] } }));
      methods = command();
      const removals = [made, replacement].map(
        ({ id, outs }) =>
          () =>
            methods.delete(id, outs),
      );
      if (order === 'the replacement first') removals.reverse();
      if (order === 'both at once') await Promise.all(removals.map((remove) => remove()));
      else for (const remove of removals) await remove();
      expect(stage.devices()).toEqual([]);
    },
  );

  it('a journal in which somebody is at work is not left (I3)', async () => {
    let methods = command();
    const first = await checked(methods, {});
    const { id, outs } = await methods.create(first);
    const store = new FileStore(join(stage.folder, 'journal'));
    const record = await BatchRecord.load(store, systemClock, first.batchId);
    await record.update((head) => {
      head.lease = { holder: 'another machine', until: systemClock.now() + 60_000 };
    });
    methods = command();
    const inputs = await checked(
      methods,
      { journal: join(stage.folder, 'elsewhere'), devices: { named: ['gate'] } },
      first,
    );
    await expect(methods.update(id, outs, inputs)).rejects.toThrow(/Run up again.*JournalInUse/);
    expect(stage.devices()).toEqual(outs.deviceNames);
  });

  it('a change that was cut off is gone on with where the journal is another one from then on (I5)', async () => {
    let methods = command();
    const first = await checked(methods, {});
    const { id, outs } = await methods.create(first);
    const devices = { named: ['light-001', 'gate'] };
    methods = command();
    await methods.update(id, outs, await checked(methods, { devices }, first));
    methods = command();
    const journal = join(stage.folder, 'elsewhere');
    const inputs = await checked(methods, { journal, devices }, first);
    expect(await methods.diff(id, outs, inputs)).toEqual({ changes: true });
    const updated = await methods.update(id, outs, inputs);
    expect(stage.devices()).toEqual(['gate', 'light-001']);
    expect(stage.calls('create')).toBe(2);
    await command().delete(id, updated.outs);
    expect(stage.devices()).toEqual([]);
  });
});
