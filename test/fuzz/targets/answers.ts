import * as fc from 'fast-check';
import type { Cloud, CollectedDevice, FoundDevice, JobState } from '../../../lib/batch/ports/cloud';
import { CloudError } from '../../../lib/batch/ports/cloud';
import type { HttpResponse } from '../../../lib/clouds/http/transport';
import { testedClouds } from '../../support/tested-clouds';
import { World, type Sabotage } from '../../support/world';
import { mutate, mutation, type Mutation } from '../mutation';
import { refuseSecrets } from '../secrets';
import { target } from '../target';

/** What happens to an answer of a cloud on its way. */
interface Disturbance {
  body: Mutation[];
  status?: number;
  headers: Record<string, string>;
  /** Whether the refusal, or one without a code, is XML, as of a gateway that was not asked for JSON. */
  xml: boolean;
  /** An error of the cloud's, in its own envelope, that quotes our keys. */
  refusal?: { code: string; message: string };
}

const NAMES = ['light-001', 'light-002', 'light-003'];

/** Each calls the port once, with a job that is over and devices that exist. */
const calls: Record<string, (cloud: Cloud, jobId: string, device: FoundDevice) => Promise<unknown>> = {
  inspect: (cloud) => cloud.inspect(),
  proveDeletable: (cloud) => cloud.proveDeletable('reserved-0123456789'),
  open: (cloud) => cloud.open(['next-1', 'next-2']),
  commit: async (cloud) => cloud.commit(['next-1'], (await cloud.open(['next-1'])).jobId),
  commitCount: async (cloud) => {
    const ticket = await cloud.issueTicket?.();
    return ticket && cloud.commitCount?.(2, ticket);
  },
  observe: async (cloud, jobId) => checkedState(await cloud.observe(NAMES, jobId)),
  collect: async (cloud, jobId) => checkedDevices((await cloud.collect(jobId, undefined)).devices),
  lookUp: async (cloud) => checkedDevices(await cloud.lookUp([...NAMES, 'absent'])),
  lookUpToDelete: async (cloud) => checkedDevices((await cloud.lookUpToDelete?.(NAMES, 3)) ?? []),
  identify: async (cloud, _jobId, { identity }) => checkedDevices([(await cloud.identify?.(identity)) ?? []].flat()),
  createdSince: async (cloud) => checkedDevices((await cloud.createdSince?.(0, Date.UTC(2100, 0))) ?? []),
  readCredentials: async (cloud, _jobId, device) => checkedDevices((await cloud.readCredentials?.([device])) ?? []),
  delete: (cloud, _jobId, device) => cloud.delete(device),
};

const header = fc.oneof(
  fc.record({ name: fc.constantFrom('retry-after', 'date', 'content-type'), value: fc.string({ maxLength: 40 }) }),
  fc.record({ name: fc.constant('retry-after'), value: fc.integer().map(String) }),
  fc.record({ name: fc.constant('date'), value: fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()) }),
);

const disturbance: fc.Arbitrary<Disturbance> = fc.record({
  body: fc.array(mutation, { maxLength: 3 }),
  status: fc.option(
    fc.oneof(fc.constantFrom(200, 204, 301, 400, 403, 429, 500, 502, 503), fc.integer({ min: 100, max: 599 })),
    {
      nil: undefined,
      freq: 2,
    },
  ),
  headers: fc
    .array(header, { maxLength: 2 })
    .map((all) => Object.fromEntries(all.map(({ name, value }) => [name, value]))),
  xml: fc.boolean(),
  refusal: fc.option(
    fc.record({
      code: fc.oneof(
        fc.constantFrom(
          'Throttling.User',
          'SignatureDoesNotMatch',
          'AuthFailure.SignatureExpire',
          'iot.system.SystemException',
        ),
        fc.constantFrom('RequestLimitExceeded', 'InternalError', '4500', '__proto__', 'constructor'),
        fc.string({ maxLength: 30 }),
      ),
      message: fc.string({ unit: 'binary', maxLength: 60 }),
    }),
    { nil: undefined, freq: 3 },
  ),
});

/** The clients of both clouds by all APIs, between them and their emulators somebody who changes what is answered. */
export const answers = target({
  name: 'answers of the clouds',
  share: 10,
  inputs: fc.record({
    cloud: fc.nat({ max: testedClouds.length - 1 }),
    call: fc.constantFrom(...Object.keys(calls)),
    /** Which answer is disturbed, and whether all later ones are. */
    first: fc.nat({ max: 2 }),
    onwards: fc.boolean(),
    disturbance,
  }),
  async attempt({ cloud: which, call, first, onwards, disturbance: disturbed }) {
    const tested = testedClouds[which]!;
    const world = new World({ cloud: tested, jobs: { createMs: 1_000 } });
    const keys = Object.values(tested.keys(world.emulator) as Record<string, unknown>).filter(isSecretKey);
    let answered = -Infinity;
    const sabotage: Sabotage = async (what, run) => {
      const answer = await run();
      const index = answered++;
      const struck = what.startsWith('cloud') && (index === first || (onwards && index > first));
      return struck ? (disturb(answer as HttpResponse, disturbed, keys) as typeof answer) : answer;
    };
    const since = world.clock.now();
    const cloud = await world.ports(sabotage).connect(world.product(), {}, { since, until: since + 600_000 });
    try {
      const { jobId } = await cloud.commit(NAMES, (await opened(cloud)).jobId);
      await world.clock.sleep(10_000);
      const [device] = await cloud.lookUp(NAMES);
      answered = 0;
      await calls[call]!(cloud, jobId, device!);
      return 'right';
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      if (typeof error.kind !== 'string') throw new TypeError(`an error of the kind ${String(error.kind)}`);
      // Keys that were quoted in a text which was changed afterwards are none any more.
      const secrets = [...(disturbed.body.length > 0 ? [] : keys), ...tested.secrets(world.emulator)];
      refuseSecrets(`${error.message} ${error.stack} ${world.logs.join(' ')}`, secrets);
      return `${error.kind} ${error.details.operation}`;
    } finally {
      await cloud.close();
    }
  },
});

/** Whoever opens a job at Alibaba's waits until its names are checked. */
async function opened(cloud: Cloud): Promise<{ jobId?: string }> {
  const opening = await cloud.open(NAMES);
  for (let looks = 0; opening.jobId !== undefined && looks < 100; looks++) {
    if ((await cloud.observe(NAMES, opening.jobId)).state === 'checked') break;
  }
  return opening;
}

function isSecretKey(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 20 && !value.startsWith('AKID') && !value.startsWith('LTAI');
}

function disturb(
  answer: HttpResponse,
  { body, status, headers, xml, refusal }: Disturbance,
  keys: string[],
): HttpResponse {
  const text = refusal ? JSON.stringify(envelope(answer.body, refusal, keys)) : answer.body;
  return {
    status: status ?? answer.status,
    headers: { ...answer.headers, ...headers },
    body: mutate(xml ? asXml(refusal ?? { code: '', message: '' }) : text, body),
  };
}

/** By the shape of what was answered: Tencent's two, or Alibaba's. */
function envelope(body: string, { code, message }: { code: string; message: string }, keys: string[]): unknown {
  const said = `${message} ${keys.join(' ')}`;
  if (body.startsWith('{"Response"')) return { Response: { Error: { Code: code, Message: said }, RequestId: 'r' } };
  if (body.includes('"codeDesc"')) return { code: Number(code) || code, message: said, codeDesc: code };
  return { Code: code, Message: said, ErrorMessage: said, RequestId: 'r', Success: false };
}

function asXml({ code, message }: { code: string; message: string }): string {
  return `<?xml version='1.0' encoding='UTF-8'?><Error><RequestId>r</RequestId><Code>${code}</Code><Message>${message}</Message></Error>`;
}

function checkedDevices(devices: readonly (FoundDevice | CollectedDevice)[]): void {
  for (const { name, identity } of devices) {
    if (typeof name !== 'string' || name === '') throw new TypeError(`a device has the name ${JSON.stringify(name)}`);
    if (typeof identity !== 'string' || identity === '') throw new TypeError(`${name} has no identity`);
  }
}

function checkedState(state: JobState): void {
  const created = state.state === 'settled' ? (state.created ?? []) : [];
  const failures = 'failures' in state ? state.failures : [];
  for (const name of [...created, ...failures.map((failure) => failure.name)]) {
    if (typeof name !== 'string') throw new TypeError(`a job lists ${JSON.stringify(name)}`);
  }
}
