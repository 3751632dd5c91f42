import { lights, World } from '../test/support/world';
import { row, table } from './table';

/**
 * How long after a job's end its success is known: with the engine's growing delays, and beside it with a look every five
 * seconds. Both look at the same emulated job, on a virtual clock, so seconds here are exact and the machine does not
 * matter. A third of each job is its check.
 */
export async function benchLag(): Promise<string> {
  const rows: string[][] = [];
  for (const seconds of [3, 10, 30, 60, 180, 600]) {
    const runs = [];
    // Lengths around the nominal one: a flat poll must not profit from jobs that end on its beat.
    for (let i = 0; i < RUNS; i++) runs.push(await measure(seconds * 1000 * (0.8 + (0.4 * i) / RUNS), `seed-${i}`));
    const ours = median(runs.map((run) => run.ours.lagMs));
    const flat = median(runs.map((run) => run.flat.lagMs));
    rows.push([
      `${seconds} s`,
      `${(ours / 1000).toFixed(2)} s`,
      `${(flat / 1000).toFixed(2)} s`,
      (ours / flat).toFixed(2),
      String(median(runs.map((run) => run.ours.looks))),
      String(median(runs.map((run) => run.flat.looks))),
    ]);
  }
  return table(`From the end of the creation to our answer (median of ${RUNS} runs)`, [
    row('the job takes', 'ours', 'every 5 s', 'ours ÷ flat', 'our looks', 'flat looks'),
    ...rows,
  ]);
}

const RUNS = 15;

interface Run {
  lagMs: number;
  looks: number;
}

async function measure(jobMs: number, seed: string): Promise<{ ours: Run; flat: Run }> {
  return { ours: await run(jobMs, seed, undefined), flat: await run(jobMs, seed, 5_000) };
}

/** One batch of 50 devices. With `flatMs` every wait of the engine's poller becomes a wait of just that long. */
async function run(jobMs: number, seed: string, flatMs: number | undefined): Promise<Run> {
  const durations = { checkMs: jobMs / 3, createMs: (jobMs * 2) / 3, createPerDeviceMs: 0 };
  const world = new World({ seed, aliyun: { durations } });
  const ports = world.ports();
  const { clock } = world;
  const isPoll = (ms: number) => ms >= 350;
  const order = world.order({ type: 'create', options: world.options(lights(50)) });
  await world.submit(order);
  const flat = { ...ports, clock: withSleep(clock, (ms) => clock.sleep(isPoll(ms) ? (flatMs as number) : ms)) };
  await world.work(order.requestId, 'b1', flatMs === undefined ? ports : flat);
  const created = world.emulator.journal.deviceEvents().filter(({ event }) => event === 'created');
  const ended = Math.max(...created.map(({ time }) => time));
  const collected = world.emulator.journal.calls('QueryPageByApplyId')[0]?.time as number;
  return { lagMs: collected - ended, looks: world.emulator.journal.calls('QueryBatchRegisterDeviceStatus').length };
}

function withSleep(clock: World['clock'], sleep: (ms: number) => Promise<void>): World['clock'] {
  return Object.create(clock, { sleep: { value: sleep } }) as World['clock'];
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
