/**
 * The ways out of the states in docs/runbook.md, one `describe` for each of its headings: what CloudFormation sends when the
 * operator does what stands there, through the CDK's framework to the handler.
 */
import { LogObserver } from '../../handler/observer';
import { credentialVaults } from '../../handler/credential-vaults';
import { settle, type EnginePorts, type Settled, type SettleWishes } from '../../lib/batch';
import { HandlerWorld } from '../support/handler-world';
import { MemoryStore } from '../support/memory-store';
import type { CfnResponse } from '../support/provider-framework';
import { TroubledStore } from '../support/troubled-store';
import { IN_SECRETS_MANAGER } from '../support/memory-secrets';
import { accessDenied, awsError, secretDenied } from '../support/aws-errors';
import { lights } from '../support/world';

let world: HandlerWorld;
let store: TroubledStore;
let bucket: MemoryStore;
let secret: 'there' | 'lost';

beforeEach(async () => {
  bucket = new MemoryStore();
  store = new TroubledStore(bucket);
  secret = 'there';
  world = await HandlerWorld.start({}, { store });
  const { readSecret } = world.ports;
  world.ports.readSecret = (id) =>
    secret === 'there' ? readSecret(id) : Promise.reject(awsError('ResourceNotFoundException', 400));
});
afterEach(() => world.close());

jest.setTimeout(60_000);

const cloud = () => world.emulator.emulator.aliyun;
const five = { devices: { sequence: { prefix: 'light-', count: 5 } } };
const identities = () =>
  Object.fromEntries(
    cloud()
      .devices()
      .map(({ deviceName, iotId }) => [deviceName, iotId]),
  );

function expectFailed(response: CfnResponse, reason: RegExp): void {
  expect(response).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(reason) as string });
}

async function created(changes: Record<string, unknown> = {}): Promise<string> {
  const { Status, PhysicalResourceId } = await world.create(changes);
  expect(Status).toBe('SUCCESS');
  return PhysicalResourceId;
}

/** `npx iot-device-batch settle`, with these options. */
async function settled(wishes: Partial<SettleWishes> = {}): Promise<Settled> {
  const { clock, ports, emulator } = world;
  const observer = new LogObserver(ports, {});
  const keys = async () =>
    JSON.stringify({ AccessKeyId: emulator.aliyun.accessKeyId, AccessKeySecret: emulator.aliyun.accessKeySecret });
  const engine: EnginePorts = {
    store: bucket,
    clock,
    observer,
    vault: credentialVaults({ secrets: world.secrets, store: bucket, clock, deniedUntil: 0 }),
    connect: async (reference, _access, { until }) =>
      ports.connect(reference, keys, { clock, observer, rates: ports.rates.of(reference), until }),
  };
  const all = { remove: [], deleteActivated: [], forget: [], ...wishes };
  return settle(engine, all, { deadline: clock.now() + 3_600_000 });
}

const batchOf = (id: string): string => id.split('-')[0]!;

/** CloudFormation deletes what the bucket holds: the last thing before the bucket itself. */
const contentsDeleted = () => world.answerTo(world.storeEvent('Delete'));

/** The heads, manifests and credentials that are left. */
const kept = () => [...bucket.objects.keys()].filter((key) => !/^(names|heads)\//.test(key));

describe('DELETE_FAILED', () => {
  it('ends when the device that had connected is deleted by hand and the stack is deleted again', async () => {
    const id = await created();
    cloud().connect('light-002');
    expectFailed(await world.delete(id), /light-002.*\[ActivatedDevices\]/);
    expect(world.devices()).toEqual(lights(3));

    cloud().deleteDevice('light-002');
    expect(await world.delete(id)).toMatchObject({ Status: 'SUCCESS' });
    expect(world.devices()).toEqual([]);
    expect(kept()).toEqual([]);
  });

  it.each([
    ['a device that the cloud refused to delete is let go', 'businessError', /\[DevicesNotDeleted\]/],
    ['the cloud is back', 'badGateway', /\[CloudUnavailable\]/],
    ['the cloud takes calls again', 'throttle', /\[CloudUnavailable\]/],
    ['the key may delete again', 'gatewayError', /NoPermission.*\[CloudCallFailed\]/],
  ] as const)('ends when %s and the stack is deleted again, which deletes only the rest', async (_, kind, reason) => {
    const faults = {
      businessError: { kind, code: 'iot.device.DeviceBound' },
      badGateway: { kind },
      throttle: { kind },
      gatewayError: { kind, code: 'NoPermission', status: 403 },
    } as const;
    const id = await created(five);
    world.emulator.emulator.faults.add({ operation: 'DeleteDevice', after: 2, fault: faults[kind] as never });
    expectFailed(await world.delete(id), reason);
    expect(world.devices()).toHaveLength(3);

    world.emulator.emulator.faults.clear();
    expect(await world.delete(id)).toMatchObject({ Status: 'SUCCESS' });
    expect(world.devices()).toEqual([]);
    const deleted = world.emulator.emulator.journal.deviceEvents().filter(({ event }) => event === 'deleted');
    expect(deleted.map(({ deviceName }) => deviceName).sort()).toEqual(lights(5));
  });

  it('ends when the role may reach the records again and the stack is deleted again', async () => {
    const id = await created();
    store.trouble = () => ({ error: accessDenied() });
    expectFailed(await world.delete(id), /\[StoreDenied\]/);
    expect(world.devices()).toEqual(lights(3));

    store.trouble = () => undefined;
    expect(await world.delete(id)).toMatchObject({ Status: 'SUCCESS' });
    expect(world.devices()).toEqual([]);
  });

  it('ends when the handler may delete the secrets of devices again, and the stack is deleted again', async () => {
    const inSecrets = { deviceCredentials: IN_SECRETS_MANAGER };
    const id = await created(inSecrets);
    world.secrets.trouble = (call) => (call.startsWith('delete') ? secretDenied() : undefined);
    expectFailed(await world.delete(id, inSecrets), /may not delete the secret .*\[SecretsDenied\]/);
    expect(world.devices()).toEqual([]);
    expect(world.secrets.secrets.size).toBe(3);

    world.secrets.trouble = () => undefined;
    expect(await world.delete(id, inSecrets)).toMatchObject({ Status: 'SUCCESS' });
    expect(world.secrets.secrets.size).toBe(0);
    expect(kept()).toEqual([]);
  });

  it('ends when it is settled that devices which have connected may go, and the stack is deleted again', async () => {
    const id = await created();
    cloud().connect('light-002');
    expectFailed(await world.delete(id), /\[ActivatedDevices\]/);

    expect((await settled()).left).toMatchObject([{ generation: id, code: 'ActivatedDevices' }]);
    expect((await settled({ deleteActivated: [batchOf(id)] })).left).toEqual([]);
    expect(world.devices()).toEqual([]);
    expect(await world.delete(id)).toMatchObject({ Status: 'SUCCESS' });
  });

  it('ends, where the records were damaged, when the store is told to forget, and the stack is deleted again', async () => {
    const id = await created();
    for (const key of bucket.objects.keys()) if (key.endsWith('/plan.json')) bucket.objects.delete(key);
    expectFailed(await world.delete(id), /lost its object generations\/.*plan\.json \[RecordMissing\]/);

    expect((await settled({ forget: [id] })).left).toEqual([]);
    expect(await world.delete(id)).toMatchObject({ Status: 'SUCCESS' });
    expect(world.devices()).toEqual(lights(3));
  });

  it('ends when the store is told to give the devices up: they stay, and the stack is deleted again', async () => {
    const id = await created();
    cloud().connect('light-002');
    expectFailed(await world.delete(id), /\[ActivatedDevices\]/);

    expect((await settled({ forget: [id] })).left).toEqual([]);
    expect(await world.delete(id)).toMatchObject({ Status: 'SUCCESS' });
    expect(await contentsDeleted()).toMatchObject({ Status: 'SUCCESS' });
    expect([...bucket.objects.keys()]).toEqual([]);
    // A new stack lists them by adopting them.
    const before = identities();
    const adopted = await world.create({ onExisting: 'adopt' });
    expect(adopted.Status).toBe('SUCCESS');
    expect(identities()).toEqual(before);
    expect(await world.delete(adopted.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });
    expect(identities()).toEqual(before);
  });

  it('ends, where a batch had left the stack before and still owes something, when that is settled', async () => {
    const id = await created();
    cloud().connect('light-002');
    for (let tries = 0; tries < 3; tries++) expectFailed(await world.delete(id), /\[ActivatedDevices\]/);
    expectFailed(await contentsDeleted(), /\(3 devices falling\).*\[StoreInUse\]/);

    expect((await settled({ deleteActivated: [batchOf(id)] })).left).toEqual([]);
    expect(await contentsDeleted()).toMatchObject({ Status: 'SUCCESS' });
    expect([...bucket.objects.keys()]).toEqual([]);
    expect(world.devices()).toEqual([]);
  });

  it('ends, where a record was damaged, when somebody has seen to its devices and deletes the object', async () => {
    const id = await created();
    expect(await world.delete(id)).toMatchObject({ Status: 'SUCCESS' });
    await bucket.put(`heads/${batchOf(id)}.json`, 'garbled');
    expectFailed(await contentsDeleted(), /is not JSON \[RecordUnreadable\].*\[StoreInUse\]/);

    await bucket.delete(`heads/${batchOf(id)}.json`);
    expect(await contentsDeleted()).toMatchObject({ Status: 'SUCCESS' });
  });

  it('ends when nobody writes into the bucket any more, and the stack is deleted again', async () => {
    const id = await created();
    expect(await world.delete(id)).toMatchObject({ Status: 'SUCCESS' });
    let logs = 0;
    store.trouble = (call) => {
      if (call.startsWith('list')) void bucket.put(`inventory/${++logs}`, 'x');
      return undefined;
    };
    expectFailed(await contentsDeleted(), /objects are left in s3:.*inventory\/\d+.*\[StoreNotEmptied\]/);

    store.trouble = () => undefined;
    expect(await contentsDeleted()).toMatchObject({ Status: 'SUCCESS' });
    expect([...bucket.objects.keys()]).toEqual([]);
  });

  it('ends when the role may delete in the bucket again, and the stack is deleted again', async () => {
    const id = await created();
    expect(await world.delete(id)).toMatchObject({ Status: 'SUCCESS' });
    store.trouble = (call) => (call.startsWith('delete') ? { error: accessDenied() } : undefined);
    expectFailed(await contentsDeleted(), /\[StoreDenied\]/);
    store.trouble = () => undefined;
    expect(await contentsDeleted()).toMatchObject({ Status: 'SUCCESS' });
  });
});

describe('ROLLBACK_FAILED', () => {
  it('ends when the job is over and the stack is deleted or deployed again', async () => {
    const short = { timeoutSeconds: 60 };
    cloud().durations.createMs = 150_000;
    const failed = await world.create(short);
    expectFailed(failed, /still works on job \d+.*\[DeadlineReached\]/);
    const id = failed.PhysicalResourceId;
    expectFailed(await world.delete(id, short), /still works on job \d+.*\[JobStillRunning\]/);
    cloud().durations.createMs = 0;

    // `cdk deploy` deletes such a stack first, as `cdk destroy` does: this Delete waits for the job.
    expect(await world.delete(id)).toMatchObject({ Status: 'SUCCESS' });
    expect(world.devices()).toEqual([]);
    await created();
    expect(world.devices()).toEqual(lights(3));
  });

  it('ends when the device that connected before something else failed is deleted by hand', async () => {
    const id = await created();
    cloud().connect('light-002');
    expectFailed(await world.delete(id), /light-002.*\[ActivatedDevices\]/);
    cloud().deleteDevice('light-002');
    expect(await world.delete(id)).toMatchObject({ Status: 'SUCCESS' });
    expect(world.devices()).toEqual([]);
  });

  it('ends, where a job never ends, when the store is told to forget it, and the stack is deleted again', async () => {
    const short = { timeoutSeconds: 60 };
    world.emulator.emulator.faults.add({ fault: { kind: 'stuckJob', phase: 'CREATE' } });
    const { PhysicalResourceId: id } = await world.create(short);
    expectFailed(await world.delete(id, short), /\[JobStillRunning\]/);

    expect((await settled({ forget: [id] })).left).toEqual([]);
    expect(await world.delete(id, short)).toMatchObject({ Status: 'SUCCESS' });
  });

  it('ends when the keys may delete again', async () => {
    const [{ accessKeyId, accessKeySecret }] = cloud().keys.list() as [
      { accessKeyId: string; accessKeySecret: string },
    ];
    const allow = (...denied: string[]) => cloud().seed({ keys: [{ accessKeyId, accessKeySecret, denied }] });
    world.emulator.emulator.faults.add({ fault: { kind: 'failCreate', names: ['light-002'] } });
    world.emulator.emulator.faults.add({
      operation: 'DeleteDevice',
      after: 1, // the proof that devices may be deleted
      fault: { kind: 'gatewayError', status: 403, code: 'NoPermission' },
    });
    const failed = await world.create();
    expectFailed(failed, /taking it back failed.*NoPermission.*\[DevicesNotRegistered\]/);
    allow('DeleteDevice');
    world.emulator.emulator.faults.clear();
    expectFailed(await world.delete(failed.PhysicalResourceId), /NoPermission.*\[CloudCallFailed\]/);
    expect(world.devices()).toEqual(['light-001', 'light-003']);

    allow();
    expect(await world.delete(failed.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });
    expect(world.devices()).toEqual([]);
  });
});

describe('UPDATE_ROLLBACK_FAILED', () => {
  /** Another resource fails after our Update, and the way back fails for want of the records. */
  async function stranded(): Promise<{ old: string; id: string; before: Record<string, string> }> {
    const old = await created();
    const before = identities();
    const { PhysicalResourceId: id, Status } = await world.update(old, five);
    expect(Status).toBe('SUCCESS');
    store.trouble = () => ({ error: accessDenied() });
    expectFailed(await world.update(id, {}, five), /\[StoreDenied\]/);
    store.trouble = () => undefined;
    return { old, id, before };
  }

  it('ends when the roll-back is continued: the very same devices are left', async () => {
    const { old, id, before } = await stranded();
    expect(await world.update(id, {}, five)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: old });
    expect(await world.delete(id, five)).toMatchObject({ Status: 'SUCCESS' });
    expect(identities()).toEqual(before);
  });

  it.each(['new', 'old'])('ends when the batch is skipped, and the next deployment under its %s id', async (which) => {
    const { old, id, before } = await stranded();
    // CloudFormation now believes that the old properties are in force.
    const four = { devices: { sequence: { prefix: 'light-', count: 4 } } };
    const named = which === 'new' ? id : old;
    const next = await world.update(named, four);
    expect(next.Status).toBe('SUCCESS');
    for (const left of new Set([named, which === 'new' ? id : old])) {
      expect(await world.delete(left)).toMatchObject({ Status: 'SUCCESS' });
    }
    expect(world.devices()).toEqual(lights(4));
    expect(identities()).toMatchObject(before);
    expect(await world.delete(next.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });
    expect(world.devices()).toEqual([]);
  });
});

describe('CREATE_FAILED and UPDATE_FAILED with `--no-rollback`', () => {
  it('ends when the cause is mended and it is deployed again', async () => {
    world.seed('light-002');
    const failed = await world.create();
    expectFailed(failed, /light-002.*\[DevicesExist\]/);
    cloud().deleteDevice('light-002');
    const id = await created();
    expect(await world.delete(failed.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });
    expect(world.devices()).toEqual(lights(3));

    world.seed('light-005');
    const update = await world.update(id, five);
    expectFailed(update, /light-005.*\[DevicesExist\]/);
    cloud().deleteDevice('light-005');
    const fixed = await world.update(update.PhysicalResourceId, five, five);
    expect(fixed.Status).toBe('SUCCESS');
    for (const each of [id, update.PhysicalResourceId]) await world.delete(each);
    expect(world.devices()).toEqual(lights(5));
  });
});

describe('UPDATE_COMPLETE, and devices are left', () => {
  it('ends with the next deployment', async () => {
    const old = await created(five);
    const { PhysicalResourceId: id } = await world.update(old, {}, five);
    world.emulator.emulator.faults.add({ operation: 'DeleteDevice', fault: { kind: 'throttle' } });
    // CloudFormation tries three times, then goes on.
    for (let tries = 0; tries < 3; tries++) expectFailed(await world.delete(old, five), /\[CloudUnavailable\]/);
    expect(world.devices()).toEqual(lights(5));

    world.emulator.emulator.faults.clear();
    const two = { devices: { sequence: { prefix: 'light-', count: 2 } } };
    const next = await world.update(id, two);
    expect(next.Status).toBe('SUCCESS');
    await world.delete(id);
    expect(world.devices()).toEqual(lights(2));
  });

  it('ends when secrets are settled by somebody who may delete them, where the grant left the stack too early', async () => {
    const inSecrets = { deviceCredentials: IN_SECRETS_MANAGER };
    const old = await created(inSecrets);
    await world.update(old, {}, inSecrets);
    world.secrets.trouble = () => secretDenied();
    for (let tries = 0; tries < 3; tries++) expectFailed(await world.delete(old, inSecrets), /\[SecretsDenied\]/);

    world.secrets.trouble = () => undefined;
    expect(await settled()).toMatchObject({ left: [], finished: [{ generation: old, deleted: 0 }] });
    expect(world.secrets.secrets.size).toBe(0);
    expect(world.devices()).toEqual(lights(3));
  });

  it('ends, with no deployment to come, when it is settled', async () => {
    const old = await created(five);
    const { PhysicalResourceId: id } = await world.update(old, {}, five);
    world.emulator.emulator.faults.add({ operation: 'DeleteDevice', fault: { kind: 'throttle' } });
    for (let tries = 0; tries < 3; tries++) expectFailed(await world.delete(old, five), /\[CloudUnavailable\]/);
    world.emulator.emulator.faults.clear();

    expect(await settled()).toMatchObject({ left: [], finished: [{ generation: old, deleted: 2 }] });
    expect(world.devices()).toEqual(lights(3));
    expect(await world.delete(id)).toMatchObject({ Status: 'SUCCESS' });
  });

  it('ends when a batch is settled that was removed, all of whose Deletes died before their first write', async () => {
    const id = await created();
    expect(await settled()).toEqual({ ended: [], finished: [], left: [] });

    expect((await settled({ remove: [batchOf(id)] })).left).toEqual([]);
    expect(world.devices()).toEqual([]);
  });
});

describe('UPDATE_COMPLETE, and the bucket is left', () => {
  it('ends when it is settled from the shell, and the bucket is deleted by hand', async () => {
    const id = await created();
    world.emulator.emulator.faults.add({ operation: 'DeleteDevice', fault: { kind: 'throttle' } });
    for (let tries = 0; tries < 3; tries++) expectFailed(await world.delete(id), /\[CloudUnavailable\]/);
    for (let tries = 0; tries < 3; tries++) expectFailed(await contentsDeleted(), /\[StoreInUse\]/);
    world.emulator.emulator.faults.clear();

    expect(await settled()).toMatchObject({ left: [], finished: [{ generation: id, deleted: 3 }] });
    expect(world.devices()).toEqual([]);
  });

  it('ends so as well, where all Deletes of the batch died before their first write', async () => {
    const id = await created();
    expectFailed(await contentsDeleted(), /\(3 devices standing\).*--delete <batch>.*\[StoreInUse\]/);

    expect((await settled({ remove: [batchOf(id)] })).left).toEqual([]);
    expect(world.devices()).toEqual([]);
    expect(await contentsDeleted()).toMatchObject({ Status: 'SUCCESS' });
  });
});

describe('The bucket is gone', () => {
  it('says so, and ends when an empty bucket of that name stands: the Delete succeeds and the devices stay', async () => {
    const id = await created();
    bucket.objects.clear();
    store.trouble = () => ({ error: awsError('NoSuchBucket', 404) });
    expectFailed(await world.delete(id), /the bucket the-store-of-the-stack .* does not exist.*\[StoreMissing\]/);

    store.trouble = () => undefined;
    expect(await world.delete(id)).toMatchObject({ Status: 'SUCCESS' });
    expect(await contentsDeleted()).toMatchObject({ Status: 'SUCCESS' });
    expect(world.devices()).toEqual(lights(3));
  });

  it('ends when an empty bucket of that name stands and the batch adopts its devices', async () => {
    const id = await created();
    const before = identities();
    bucket.objects.clear();
    const adopted = await world.update(id, { onExisting: 'adopt' });
    expect(adopted).toMatchObject({ Status: 'SUCCESS', Data: { DeviceCount: 3 } });
    await world.delete(id);
    expect(identities()).toEqual(before);
    expect(bucket.text(String(adopted.Data?.ManifestKey))).toContain(before['light-002']);
    // From now on they are not the batch's to delete.
    expect(await world.delete(adopted.PhysicalResourceId)).toMatchObject({ Status: 'SUCCESS' });
    expect(identities()).toEqual(before);
  });
});

describe('The secret is gone', () => {
  it('says so, and ends when it is restored', async () => {
    const id = await created();
    secret = 'lost';
    expectFailed(await world.delete(id), /there is no secret arn:.* \[SecretMissing\] \[CloudCallFailed\]/);
    secret = 'there';
    expect(await world.delete(id)).toMatchObject({ Status: 'SUCCESS' });
    expect(world.devices()).toEqual([]);
  });

  it('ends when it is settled with keys from the shell, and the stack is deleted again', async () => {
    const id = await created();
    secret = 'lost';
    expectFailed(await world.delete(id), /\[SecretMissing\]/);

    expect((await settled()).left).toEqual([]);
    expect(world.devices()).toEqual([]);
    // Nothing is left for which the keys would be needed.
    expect(await world.delete(id)).toMatchObject({ Status: 'SUCCESS' });
  });

  it('ends when another secret is named, for which the cloud need not be asked', async () => {
    const id = await created();
    const { readSecret } = world.ports;
    world.ports.readSecret = (arn) =>
      arn.includes('new-keys') ? readSecret(arn) : Promise.reject(awsError('ResourceNotFoundException', 400));
    const other = { secretArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:new-keys-AbCdEf' };
    expect(await world.update(id, other)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: id });
    expect(await world.delete(id, other)).toMatchObject({ Status: 'SUCCESS' });
    expect(world.devices()).toEqual([]);
  });
});

describe('The functions are gone', () => {
  it('ends when the batch is settled from the shell; the stack is then deleted without it', async () => {
    const id = await created();
    cloud().connect('light-002');

    const { left } = await settled({ remove: [batchOf(id)] });
    expect(left).toMatchObject([{ generation: id, code: 'ActivatedDevices' }]);
    expect((await settled({ deleteActivated: [batchOf(id)] })).left).toEqual([]);
    expect(world.devices()).toEqual([]);
    expect(kept()).toEqual([]);
  });
});
