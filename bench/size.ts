import { RATE_USE } from '../lib/batch/contract';
import { createAndDelete, seedOthers, sumOf, type Cost } from '../test/support/life-of-a-batch';
import { lights, World } from '../test/support/world';
import { runLambda } from './lambda';
import { type SizedCloud, sizedClouds, type Step } from './sized-cloud';
import { row, table } from './table';

/** Largest peak of the handler's memory: its function has 512 MB. */
const GOAL_MB = 300;
/** Seconds ÷ what the rates allow at best. */
const GOAL_RATIO = 1.15;

/**
 * What batches of growing size cost from their Create to the end of their Delete.
 *
 * Requests and seconds are exact: the engine and its real client on a virtual clock, against the emulator's core with the
 * documented rates enforced, invocations of 240 s and pauses of 5 s between them included. The cloud's own jobs take no time
 * there, because the bound has none for them. Memory is that of the deployed bundle in a process of its own, with S3 and the
 * cloud over HTTP, for which time is sped up.
 */
export async function benchSize(cloudName = 'aliyun'): Promise<string> {
  const cloud = sizedClouds[cloudName];
  if (!cloud) throw new Error(`no cloud ${cloudName}: there are ${Object.keys(sizedClouds).join(', ')}`);
  const { weighed, speed } = cloud;
  const sizes = [1_000, 10_000, 100_000];
  const lives: Life[] = [];
  for (const devices of sizes) lives.push(await live(cloud, devices, 50));
  const far = await live(cloud, 10_000, 200);

  const costs: string[][] = [];
  for (const [i, life] of lives.entries()) {
    const { maxRssMb, left } = await runLambda({
      devices: life.devices,
      life: ['Create', 'Delete'],
      cloud: weighed,
      speed,
    });
    if (left.devices > 0) throw new Error(`${left.devices} devices are left`);
    const smaller = lives[i - 1];
    costs.push([
      life.devices.toLocaleString('en'),
      String(requestsOf(life)),
      smaller ? (requestsOf(life) / requestsOf(smaller)).toFixed(2) : '',
      String(life.created.invocations + life.deleted.invocations),
      `${Math.ceil(Math.max(life.created.largestHead, life.deleted.largestHead) / 1024)} KB`,
      `${maxRssMb.toFixed(0)} MB`,
      (maxRssMb / GOAL_MB).toFixed(2),
    ]);
  }
  return [
    table(
      `${cloud.title}: Create and Delete of a batch (goals: requests × 11 at most for devices × 10, ${GOAL_MB} MB)`,
      [row('devices', 'requests', '÷ a tenth', 'invocations', 'largest head', 'peak RSS', '÷ goal'), ...costs],
    ),
    table(`Seconds ÷ the least that the rates allow (goal ${GOAL_RATIO}, at the part of them that one process uses)`, [
      row('devices', 'away', 'step', 'took', `÷ at ${RATE_USE * 100} % of the rates`, '÷ at the documented rates'),
      ...[...lives, far].flatMap((life) => timesOf(cloud, life)),
    ]),
    `  A process uses ${RATE_USE * 100} % of a documented rate, so that people and other tools can still work (I10): alone that is`,
    `  ${(1 / RATE_USE).toFixed(2)} in the last column. A device is looked at before the first is deleted, which the bounds of "all" do not have.`,
    ...(cloud.note === undefined ? [] : [`  ${cloud.note}`]),
    '  Requests and seconds: real engine and client on a virtual clock, documented rates enforced, jobs that take no time.',
    `  Memory: the deployed bundle in its own process over HTTP, for which time passes ${speed} times as fast, with the heap of a 512 MB machine.`,
  ].join('\n');
}

interface Life {
  devices: number;
  roundTripMs: number;
  created: Cost;
  deleted: Cost;
}

async function live({ counted, durations }: SizedCloud, devices: number, roundTripMs: number): Promise<Life> {
  const world = new World({ cloud: counted, rates: true, roundTripMs, ...durations });
  seedOthers(world, devices + 1);
  const costs = await createAndDelete(world, lights(devices));
  for (const { result } of Object.values(costs)) {
    if (result.state !== 'succeeded') throw new Error(`it ended with ${JSON.stringify(result)}`);
  }
  return { devices, roundTripMs, ...costs };
}

function requestsOf({ created, deleted }: Life): number {
  return sumOf(created.requests) + sumOf(deleted.requests);
}

/** Each step beside what the rates allow for it. */
function timesOf(cloud: SizedCloud, { devices, roundTripMs, created, deleted }: Life): string[][] {
  const each = cloud.steps(devices, created, deleted);
  const bound = each.reduce((sum, step) => sum + step.bound, 0);
  const all: Step = { name: 'all', took: created.seconds + deleted.seconds, bound };
  return [...each, all].map(({ name, took, bound }, i) => [
    i === 0 ? devices.toLocaleString('en') : '',
    i === 0 ? `${roundTripMs} ms` : '',
    name,
    `${took.toFixed(0)} s`,
    (took / (bound / RATE_USE)).toFixed(2),
    (took / bound).toFixed(2),
  ]);
}
