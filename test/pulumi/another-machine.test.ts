/** Two machines of which neither knows whether the other still works, and one journal (I3, I5). */
import { Attendance } from '../../lib/pulumi/attendance';
import type { Inputs } from '../../lib/pulumi/inputs';
import { MemoryVault } from '../../lib/pulumi/memory-vault';
import { ProviderMethods } from '../../lib/pulumi/methods';
import { connectCloud } from '../../lib/clouds/registry';
import { aliyun, preSharedKeys } from '../support/tested-clouds';
import { lights, World, type Sabotage } from '../support/world';
import { urnOf } from './stage';

const FIVE_MINUTES = 5 * 60_000;

describe.each([aliyun, preSharedKeys])('on $name: a create that was cut off on another machine', (cloud) => {
  it('is gone on with once its lease has lapsed, with the same job, and whoever waits is told', async () => {
    const world = new World({ cloud });
    let isCutOff = false;
    const cutOff = new Promise<void>((resolve) => {
      const first = machine(world, 'first', [], async (what, run) => {
        if (isCutOff) return new Promise(() => undefined);
        const answer = await run();
        if (!what.includes(cloud.operations.create)) return answer;
        isCutOff = true;
        resolve();
        return new Promise(() => undefined);
      });
      void first.create(inputs(world));
    });
    await cutOff;
    const before = world.clock.now();

    const said: string[] = [];
    const second = machine(world, 'second', said);
    const { outs } = await second.create(inputs(world));

    expect(outs.deviceNames).toEqual(lights(3));
    expect(world.devices()).toEqual(lights(3));
    const created = world.emulator.journal
      .calls(cloud.operations.create)
      .filter(({ executed, code }) => executed && !code);
    expect(created).toHaveLength(1);
    expect(said.join('\n')).toContain('waiting for another operation on the batch');
    expect(world.clock.now() - before).toBeGreaterThan(60_000);
    expect(world.clock.now() - before).toBeLessThan(2 * FIVE_MINUTES);
  });

  it('is told at the start of the next command as soon as that is plain', async () => {
    const world = new World({ cloud });
    let isCutOff = false;
    const cutOff = new Promise<void>((resolve) => {
      const first = machine(world, 'first', [], async (what, run) => {
        if (!isCutOff && what.includes(cloud.operations.create)) {
          isCutOff = true;
          resolve();
        }
        return isCutOff ? new Promise(() => undefined) : run();
      });
      void first.create(inputs(world));
    });
    await cutOff;
    const said = async () => {
      const lines: string[] = [];
      await machine(world, 'second', lines).check({}, inputs(world));
      return lines.join('\n');
    };
    expect(await said()).not.toContain('was cut off');
    await world.clock.sleep(FIVE_MINUTES + 10_000);
    expect(await said()).toMatch(/warning: batch b1: an earlier operation was cut off/);
  });
});

function inputs(world: World): Inputs {
  return {
    cloud: world.product(),
    devices: { sequence: { prefix: 'light-', count: 3 } },
    ...(world.cloud.options as object),
    resourceUrn: urnOf('lights'),
    batchId: 'b1',
    journal: 's3://pipeline',
  };
}

/** The provider on a machine of its own; `sabotage` is its network. */
function machine(
  world: World,
  name: string,
  said: string[],
  sabotage: Sabotage = (_what, run) => run(),
): ProviderMethods {
  const { store, observer } = world.ports(sabotage);
  return new ProviderMethods({
    clock: world.clock,
    workers: { self: name, isDead: () => false },
    attendance: new Attendance(() => Promise.resolve(true), world.clock),
    vault: new MemoryVault(),
    files: {
      read: () => Promise.reject(new Error('no such file')),
      save: () => Promise.reject(new Error('read-only')),
    },
    openJournal: () => store,
    connect: (reference, environment) => ({
      cloud: connectCloud(reference, async () => world.cloud.keys(world.emulator), {
        ...environment,
        observer,
        transport: world.transport(sabotage),
      }),
      hint: () => '',
    }),
    write: (line) => void said.push(line),
  });
}
