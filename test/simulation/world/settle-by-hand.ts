import { credentialVaults } from '../../../handler/credential-vaults';
import { settle } from '../../../lib/batch';
import { listBatches } from '../../../lib/batch/record/batch-record';
import { portsOf } from './invoke';
import { Process } from './process';
import type { SimulatedWorld } from './world';

/** Long enough for any job that ends at all. */
const LIMIT_MS = 7_200_000;

/** Stands for the request where there is none. */
export const BY_HAND = 'settle';

/** Stands for the batch where it is about all of them. */
export const EVERY_BATCH = 'every batch';

/** `iot-device-batch settle` with `--delete` for every batch of the store, after their stack is gone. */
export async function settleByHand(world: SimulatedWorld, stack: string): Promise<void> {
  const cause = { stack, batch: EVERY_BATCH, request: BY_HAND };
  const process = new Process(world, world.nextProcess(), cause, LIMIT_MS, false);
  const { store, clock, connect, rates, deviceSecrets: secrets } = portsOf(process);
  const observer = { log: () => undefined, progress: () => undefined };
  const wishes = { remove: await listBatches(store), deleteActivated: [], forget: [] };
  const ports = {
    store,
    clock,
    observer,
    vault: credentialVaults({ secrets, store, clock, deniedUntil: 0 }),
    connect: async (...[cloud, , { until }]: Parameters<Parameters<typeof settle>[0]['connect']>) =>
      connect(cloud, () => Promise.reject(new Error('no life reads keys')), {
        clock,
        observer,
        rates: rates.of(cloud),
        until,
      }),
  };
  const settled = () => settle(ports, wishes, { deadline: clock.now() + LIMIT_MS / 2 });
  const codes = (await settled()).left.map(({ code }) => code);
  if (codes.includes('ActivatedDevices')) world.deleteConnectedByHand();
  // What is told once: whoever has read it settles again.
  if (codes.includes('ActivatedDevices') || codes.includes('OutcomeUnknown')) await settled();
  process.end();
}
