import { legacy } from '../../support/tested-clouds';
import { lights } from '../../support/world';
import { row, rowAtEachStep, rowWhereDevicesAreTold } from './row';
import type { Stage } from './stage';

/** Longer than an invocation lasts. */
const slowJobs = { jobs: { createMs: 300_000 } };

row('501-two-waiters', async (stage) => {
  for (const event of ['create', 'update', 'cleanup']) {
    stage.world.framework.nextWaiters = 2;
    await stage.succeeds(event);
  }
  expect(stage.world.calls(stage.cloud.operations.open)).toHaveLength(2);
  return { ours: lights(3, 3) };
});

row('502-invoked-six-times', async (stage) => {
  const { lambda } = stage.world;
  let events = 0;
  for (const event of ['create', 'update', 'cleanup']) {
    lambda.disturb('onEvent', { kind: 'connectionLost', afterMs: 10 }, 5);
    lambda.disturb('isComplete', { kind: 'connectionLost', afterMs: 10 }, 5);
    await stage.succeeds(event);
    expect(lambda.begun.onEvent).toBe(6 * ++events);
  }
  expect(stage.world.calls(stage.cloud.operations.open)).toHaveLength(2);
  return { ours: lights(3, 3) };
});

row('503-create-never-accepted', async (stage) => {
  stage.world.lambda.disturb('onEvent', { kind: 'connectionLost' }, 6);
  await stage.fails('create', /socket hang up/);
  await stage.succeeds('delete');
  expect(stage.world.lambda.begun).toEqual({ onEvent: 6, isComplete: 0 });
  await stage.succeeds('again');
  return { ours: lights(3, 3) };
});

row('504-create-never-heard', async (stage) => {
  stage.world.lambda.disturb('isComplete', { kind: 'connectionLost', afterMs: 10 }, 6);
  await stage.fails('create', /socket hang up/);
  expect(stage.world.devices()).toEqual(lights(3));
  await stage.succeeds('delete');
  return { ours: [] };
});

row('505-update-never-heard', async (stage) => {
  await stage.succeeds('create');
  const before = stage.identities;
  stage.world.lambda.disturb('isComplete', { kind: 'connectionLost', afterMs: 10 }, 6);
  await stage.fails('update', /socket hang up/);
  expect(stage.world.devices()).toEqual(lights(5));
  await stage.succeeds('back');
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

row(
  '506-waiter-ends',
  async (stage) => {
    await timesOut(stage, 'create');
    await stage.succeeds('delete');
    return { ours: [] };
  },
  slowJobs,
);

row(
  '507-waiter-of-update-ends',
  async (stage) => {
    await stage.succeeds('create');
    const before = stage.identities;
    await timesOut(stage, 'update');
    expect(stage.id('update')).toBe(stage.id('create'));
    await stage.succeeds('back');
    expect(stage.identities).toEqual(before);
    return { ours: lights(3) };
  },
  slowJobs,
);

row(
  '508-waiter-ends-with-largest-event',
  async (stage) => {
    await stage.succeeds('create');
    const before = stage.identities;
    expect(JSON.stringify(stage.event('update').ResourceProperties).length).toBeGreaterThan(4_000);
    await timesOut(stage, 'update');
    await stage.succeeds('back');
    expect(stage.identities).toEqual(before);
    return { ours: Object.keys(before) };
  },
  slowJobs,
);

row('509-create-answer-fails', async (stage) => {
  stage.world.framework.disturbResponses('lost', 6);
  await stage.fails('create', /ECONNRESET/);
  await stage.succeeds('delete');
  return { ours: [] };
});

row('510-update-answer-fails', async (stage) => {
  await stage.succeeds('create');
  const before = stage.identities;
  stage.world.framework.disturbResponses('lost', 6);
  await stage.fails('update', /ECONNRESET/);
  await stage.succeeds('back');
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

row('511-delete-answer-fails', async (stage) => {
  await stage.succeeds('create');
  stage.world.framework.disturbResponses('lost', 6);
  await stage.fails('delete', /ECONNRESET/);
  await stage.succeeds('again');
  return { ours: [] };
});

row('512-answer-sent-twice', async (stage) => {
  for (const event of ['create', 'update', 'cleanup']) {
    stage.world.framework.disturbResponses('answerLost', 5);
    await stage.succeeds(event);
  }
  expect(stage.world.framework.responses).toHaveLength(18);
  return { ours: lights(3, 3) };
});

rowWhereDevicesAreTold('513-create-crashes', async (stage) => {
  await crashesOnceJobBegan(stage);
  await stage.succeeds('delete');
  return { ours: [] };
});

row('514-update-out-of-memory', async (stage) => {
  await stage.succeeds('create');
  const before = stage.identities;
  const at = (what: string) => what === `cloud ${stage.cloud.operations.collect}`;
  stage.world.lambda.disturb('isComplete', { kind: 'outOfMemory', at });
  await stage.fails('update', /Runtime exited with error: signal: killed/);
  await stage.succeeds('back');
  expect(stage.identities).toEqual(before);
  return { ours: lights(3) };
});

row('515-delete-times-out', async (stage) => {
  await stage.succeeds('create');
  const began = stage.world.clock.now();
  const at = (what: string) => what === 'cloud DeleteDevice';
  stage.world.lambda.disturb('isComplete', { kind: 'timedOut', at, after: true });
  await stage.fails('delete', /Task timed out after 300.00 seconds/);
  expect(stage.world.clock.now() - began).toBeGreaterThanOrEqual(300_000);
  await stage.succeeds('again');
  return { ours: [] };
});

row('516-create-throttled', async (stage) => {
  stage.world.lambda.disturb('isComplete', { kind: 'throttled' }, 6);
  await stage.fails('create', /Rate Exceeded/);
  await stage.succeeds('delete');
  expect(stage.world.calls()).toHaveLength(0);
  return { ours: [] };
});

row('517-create-never-reached', async (stage) => {
  stage.world.lambda.disturb('onEvent', { kind: 'throttled' }, 6);
  await stage.fails('create', /Rate Exceeded/);
  await stage.succeeds('delete');
  expect(stage.world.store.objects.size).toBe(0);
  return { ours: [] };
});

row('518-accepting-create-crashes', async (stage) => {
  crashWhenRecorded(stage);
  await stage.fails('create', /Runtime exited/);
  await stage.succeeds('delete');
  await stage.succeeds('again');
  return { ours: lights(3, 3) };
});

row('519-accepting-update-crashes', async (stage) => {
  await stage.succeeds('create');
  crashWhenRecorded(stage);
  await stage.fails('update', /Runtime exited/);
  await stage.succeeds('back');
  expect(stage.id('back')).toBe(stage.id('create'));
  return { ours: lights(3) };
});

row('520-accepting-delete-crashes', async (stage) => {
  await stage.succeeds('create');
  crashWhenRecorded(stage);
  await stage.fails('delete', /Runtime exited/);
  await stage.succeeds('again');
  return { ours: [] };
});

row('521-no-waiter-for-create', async (stage) => {
  stage.world.framework.nextWaiters = 0;
  await stage.fails('create', /Internal server error/);
  await stage.succeeds('delete');
  await stage.wait(3 * 3600);
  await stage.succeeds('other');
  return { ours: lights(3, 3) };
});

row('522-no-waiter-for-update', async (stage) => {
  await stage.succeeds('create');
  stage.world.framework.nextWaiters = 0;
  await stage.fails('update', /Internal server error/);
  await stage.succeeds('back');
  return { ours: lights(3) };
});

rowAtEachStep(
  '523-create-killed-anywhere',
  async () => undefined,
  async (stage) => {
    await stage.send('create');
    await stage.succeeds('delete');
    return { ours: [] };
  },
);

rowAtEachStep(
  '524-update-killed-anywhere',
  async (stage) => void (await stage.succeeds('create')),
  async (stage) => {
    const before = stage.identities;
    const update = await stage.send('update');
    await stage.succeeds('back');
    // Only what CloudFormation has heard of is deleted.
    await (update?.Status === 'SUCCESS' ? stage.succeeds('cleanup') : stage.skip('cleanup'));
    expect(stage.identities).toEqual(before);
    return { ours: lights(3) };
  },
);

rowAtEachStep(
  '525-delete-killed-anywhere',
  async (stage) => void (await stage.succeeds('create')),
  async (stage) => {
    await stage.send('delete');
    await stage.succeeds('again');
    return { ours: [] };
  },
);

rowAtEachStep(
  '526-secrets-killed-anywhere',
  async () => undefined,
  async (stage) => {
    await stage.send('create');
    await stage.succeeds('delete');
    expect(stage.world.secrets.secrets.size).toBe(0);
    return { ours: [] };
  },
);

row(
  '527-job-unprovable',
  async (stage) => {
    await crashesOnceJobBegan(stage);
    await stage.fails('delete', /3 devices .*were left alone: light-001, light-002, light-003\. .*\[DevicesUnproven\]/);
    for (const name of lights(3)) stage.deleteByHand(name);
    await stage.succeeds('again');
    return { ours: [] };
  },
  { on: [legacy] },
);

async function crashesOnceJobBegan(stage: Stage): Promise<void> {
  const at = (what: string) => what === `cloud ${stage.cloud.operations.create}`;
  stage.world.lambda.disturb('isComplete', { kind: 'crashed', at, after: true });
  await stage.fails('create', /Runtime exited with error: exit status 1/);
}

/** The state machine gives up; CloudFormation hears it from the framework's onTimeout. */
async function timesOut(stage: Stage, event: string): Promise<void> {
  stage.world.framework.attempts = 1;
  await stage.fails(event, /^Operation timed out$/);
  stage.world.framework.attempts = 721;
}

function crashWhenRecorded(stage: Stage): void {
  const at = (what: string) => what.startsWith('store put heads/');
  stage.world.lambda.disturb('onEvent', { kind: 'crashed', at, after: true });
}
