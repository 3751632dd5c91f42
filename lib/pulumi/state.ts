import * as z from 'zod';
import { BatchError } from '../batch/errors';
import { BatchRecord } from '../batch/record/batch-record';
import { generationOf, type Generation } from '../batch/record/head';
import { readJson, requireJson } from '../batch/record/json';
import { keys } from '../batch/record/keys';
import type { Manifest } from '../batch/record/manifest';
import type { Clock } from '../batch/ports/clock';
import type { Store } from '../batch/ports/store';
import type { Inputs } from './inputs';
import { takeSnapshot } from './snapshot';

/** What the state knows of the batch's record, beside what its user looks at. A newer major schema is refused. */
export const STATE_SCHEMA = 1;

const recordSchema = z.looseObject({
  schema: z.number(),
  /** The generation that the state shows. */
  generation: z.string(),
  /** New with every state: a journal that has it knows all that the state knows. */
  state: z.string(),
  /** When it was made (milliseconds since 1970). */
  at: z.number(),
  snapshot: z.string(),
});

export type StateRecord = z.infer<typeof recordSchema>;

/** A resource's outputs; its inputs are among them. */
export interface Outputs extends Inputs {
  deviceNames: string[];
  deviceCount: number;
  jobIds: string[];
  manifest: string;
  deviceSecrets: string;
  record: StateRecord;
  /** Devices that `read` did not find. */
  drift?: string[];
}

/** Where the batch is recorded, and whose time it is recorded by. */
export interface Journal {
  store: Store;
  clock: Clock;
}

/** The record in a state; undefined where there is none. @throws BatchError `NewerState` */
export function recordOf(state: Partial<Outputs> | undefined): StateRecord | undefined {
  const parsed = recordSchema.safeParse(state?.record);
  if (!parsed.success) return undefined;
  if (Math.floor(parsed.data.schema) > STATE_SCHEMA) {
    throw new BatchError(
      'NewerState',
      `the state of this batch was written by a newer version of iot-device-batch (schema ${parsed.data.schema}): install that one`,
    );
  }
  return parsed.data;
}

/** The outputs that show a generation of the batch as the store has it. */
export async function outputsOf(
  { store, clock }: Journal,
  inputs: Inputs,
  generationId: string,
  deviceSecrets: string,
): Promise<Outputs> {
  const { batchId } = inputs;
  const { head } = await BatchRecord.load(store, clock, batchId);
  const manifest = await manifestOf(store, batchId, generationOf(head, generationId));
  return {
    ...inputs,
    deviceNames: manifest?.devices.map(({ name }) => name) ?? [],
    deviceCount: manifest?.deviceCount ?? 0,
    jobIds: manifest?.jobIds ?? [],
    manifest: manifest ? JSON.stringify(manifest) : '',
    deviceSecrets,
    record: await handOver({ store, clock }, batchId, generationId),
  };
}

/** The devices that a state shows, those among them that were not there at the last look. @throws BatchError `RecordMissing`, `RecordUnreadable` */
export async function namesOf({ store }: Journal, batchId: string, { id }: Generation): Promise<string[]> {
  return (await requireJson(store, keys.manifest(batchId, id), manifestSchema)).devices.map(({ name }) => name);
}

/** Makes a record for the state, and notes in the journal that it was made. */
export async function handOver({ store, clock }: Journal, batchId: string, generationId: string): Promise<StateRecord> {
  const state = clock.nonce(8);
  const record = await BatchRecord.load(store, clock, batchId);
  const head = await record.update((next) => {
    next.states = [...(next.states ?? []), state].slice(-STATES_KEPT);
  });
  generationOf(head, generationId);
  return {
    schema: STATE_SCHEMA,
    generation: generationId,
    state,
    at: clock.now(),
    snapshot: await takeSnapshot(store, head),
  };
}

/** The head has to stay small. */
const STATES_KEPT = 100;

/** What stands has one, and what has failed has none. */
async function manifestOf(store: Store, batchId: string, { id, phase }: Generation): Promise<Manifest | undefined> {
  const key = keys.manifest(batchId, id);
  return phase === 'standing' ? requireJson(store, key, manifestSchema) : readJson(store, key, manifestSchema);
}

/** Looked through as it is: a schema of its devices would copy each of them. */
const manifestSchema = z.custom<Manifest>((value) => {
  const { devices, jobIds, deviceCount } = (value ?? {}) as Partial<Manifest>;
  return Array.isArray(devices) && devices.every(isDevice) && Array.isArray(jobIds) && deviceCount === devices.length;
});

function isDevice(value: unknown): boolean {
  const { name, id } = (value ?? {}) as Partial<Manifest['devices'][number]>;
  return typeof name === 'string' && typeof id === 'string';
}
