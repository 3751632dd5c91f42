import { findDrift, type Result } from '../batch';
import { cloudKey } from '../batch/contract';
import { BatchError } from '../batch/errors';
import { devices as countOf, listOf } from '../batch/messages';
import { lineOf } from '../batch/intent';
import { generationOf, requestOf, type Generation } from '../batch/record/head';
import { clear, clearReplaced, unheardBefore, unheardBeside, type Failed } from './clear-away';
import { PartialFailure } from './failures';
import { cloudOf, credentialsOf, optionsOf, type Inputs } from './inputs';
import { findHead, isGone, isUnsettled, journalPlaceOf, takeAlong } from './journal';
import { forgetSecrets, keptSecrets, secretsNotSaved } from './kept-secrets';
import { registeredAnew } from './registered-anew';
import { restore } from './restore';
import { handOver, namesOf, outputsOf, recordOf, type Outputs, type StateRecord } from './state';
import type { Surroundings } from './surroundings';
import { Workplace, type Desk } from './workplace';

/** @returns the id of the resource, which stays, and its outputs. @throws PartialFailure where something is left of it. */
export async function createBatch(
  inputs: Inputs,
  desk: Desk,
  { replaces, displaces }: { replaces: boolean; displaces?: string | undefined },
): Promise<{ id: string; outs: Outputs }> {
  const workplace = new Workplace(inputs, desk);
  const { files, vault } = workplace.surroundings;
  const anew = await registeredAnew(workplace, inputs.batchId);
  vault.remember(ownerOf(inputs), await keptSecrets(files, undefined, inputs), anew);
  const options = optionsOf(inputs, 'create');
  const order = {
    type: 'create',
    options,
    createKeeps: true,
    ...(displaces !== undefined && { displaces }),
    ...workplace.request('create'),
  } as const;
  const { result, requestId } = await workplace.carryOut(order);
  if (result.state === 'failed') throw await failedCreate(workplace, requestId, result);
  const generation = generationIn(result);
  // What nobody has heard of goes, unless what stands is what this one replaces.
  const unclear = await clear(workplace, replaces ? [] : await unheardBefore(workplace, generation.id));
  if (unclear) throw await notClearedAway(workplace, generation.id, generation, unclear);
  return { id: generation.id, outs: await stood(workplace, generation, generation.id) };
}

export async function updateBatch(id: string, olds: Outputs, inputs: Inputs, desk: Desk): Promise<Outputs> {
  const workplace = new Workplace(inputs, desk);
  const record = await prepare(workplace, olds, inputs);
  if (!record) return (await createBatch(inputs, desk, { replaces: false })).outs;
  const anew = (olds.drift ?? []).length > 0;
  const order = {
    type: 'update',
    named: record.generation,
    options: optionsOf(inputs, 'update'),
    ...(anew && { anew }),
    ...workplace.request('update'),
  } as const;
  const { result, requestId } = await workplace.carryOut(order);
  if (result.state === 'failed') throw await failedUpdate(workplace, id, olds, requestId, result);
  const generation = generationIn(result);
  const unclear =
    (await clearReplaced(workplace, generation.id, record.generation)) ??
    (await clear(workplace, await unheardBeside(workplace, generation.id)));
  if (unclear) throw await notClearedAway(workplace, id, generation, unclear);
  return stood(workplace, generation, id);
}

export async function deleteBatch(olds: Outputs, desk: Desk): Promise<void> {
  const workplace = new Workplace(olds, desk);
  // Nobody needs the secrets of what goes: it goes also where they cannot be read.
  const record = await restored(workplace, olds);
  if (!record) return;
  const before = await unheardBefore(workplace, record.generation);
  const beside = await unheardBeside(workplace, record.generation);
  const failed = await clear(workplace, [record.generation, ...before, ...beside]);
  if (failed) throw new BatchError(failed.code, failed.message);
  await forgetSecretsOf(workplace, olds);
}

/**
 * The secrets of devices that were deleted, where nothing is left of the batch: by an API that tells names only, they would pass for those
 * of the next devices of the names.
 */
async function forgetSecretsOf(workplace: Workplace, olds: Outputs): Promise<void> {
  const { surroundings, observer } = workplace;
  const { generations } = await workplace.head();
  if (generations.some(({ phase, drop }) => phase !== 'gone' || drop?.retains)) return;
  await forgetSecrets(surroundings.files, olds).catch((error: unknown) => {
    observer.log('warn', `the secrets of devices that are gone could not be taken out of their file: ${String(error)}`);
  });
}

/** Compares the batch with the cloud. Undefined where there is nothing left of it. */
export async function readBatch(olds: Outputs, desk: Desk): Promise<Outputs | undefined> {
  const workplace = new Workplace(olds, desk);
  const record = await prepare(workplace, olds);
  if (!record) return olds;
  const head = await workplace.head();
  const line = lineOf(head, record.generation);
  const own = head.generations.filter(({ id, phase }) => line.has(id) && phase !== 'gone');
  if (own.length === 0) return undefined;
  const shown = own.find(({ id }) => id === record.generation);
  // What is on its way up or down is for the next `up` to finish.
  if (shown?.phase !== 'standing') return olds;
  const { missing, replaced, productGone } = await findDrift(
    workplace.ports(),
    olds.batchId,
    shown.id,
    workplace.clock.now() + 600_000,
  );
  const { drift: _before, ...rest } = olds;
  const drift = [...missing, ...replaced];
  const gone = new Set(drift);
  const recorded = await namesOf(workplace, olds.batchId, shown);
  const deviceNames = recorded.filter((name) => !gone.has(name));
  const found = { ...rest, deviceNames, deviceCount: deviceNames.length };
  if (drift.length === 0) return found;
  const are = `${countOf(drift.length)} of ${recorded.length} ${drift.length === 1 ? 'is' : 'are'}`;
  // These keys may be those of another account, so that nothing is forgotten.
  const why = productGone ? ', as the product is not, for these keys' : ` any more: ${listOf(drift)}`;
  workplace.observer.log('warn', `${are} not there${why}`);
  return { ...found, drift };
}

/** Whether the journal has anything that the state does not show. */
export async function isUnsettledIn(surroundings: Surroundings, olds: Outputs, news: Inputs): Promise<boolean> {
  if (await isJournalGone(surroundings, olds, news)) return false;
  const { openJournal, clock } = surroundings;
  const record = recordOf(olds);
  const head = record && (await findHead(openJournal(journalPlaceOf(olds)), clock, olds.batchId));
  return head !== undefined && record !== undefined && isUnsettled(head, record);
}

/**
 * Whether a journal that is to be elsewhere from now on is gone with its bucket: then there is the state to go on from. One that stays
 * where it is cannot be done without.
 */
export async function isJournalGone({ openJournal }: Surroundings, olds: Outputs, news: Inputs): Promise<boolean> {
  const place = journalPlaceOf(olds);
  return place !== journalPlaceOf(news) && isGone(openJournal(place), olds.batchId);
}

/** Whether two resources' products are different ones. */
export function isAnotherProduct(olds: Inputs, news: Inputs): boolean {
  return cloudKey(cloudOf(olds)) !== cloudKey(cloudOf(news));
}

/** Journal and vault, with what the state knows. `next`: what it is to become. */
async function prepare(workplace: Workplace, olds: Outputs, next?: Inputs): Promise<StateRecord | undefined> {
  const record = await restored(workplace, olds);
  const { files, vault } = workplace.surroundings;
  const anew = await registeredAnew(workplace, olds.batchId, record?.generation);
  vault.remember(ownerOf(olds), await keptSecrets(files, olds, next), anew);
  return record;
}

/** Whose secrets a resource has. */
function ownerOf(inputs: Inputs): { batchId: string; product: string } {
  return { batchId: inputs.batchId, product: cloudKey(cloudOf(inputs)) };
}

/** The journal, with what the state knows. */
async function restored(workplace: Workplace, olds: Outputs): Promise<StateRecord | undefined> {
  const record = await recordToGoOnFrom(workplace, olds);
  await restore(workplace, olds.batchId, record, (message) => workplace.observer.log('warn', message));
  return record;
}

/** That of the state; where the journal is to be elsewhere from now on, with what the one that there was knows beyond it. */
async function recordToGoOnFrom(workplace: Workplace, olds: Outputs): Promise<StateRecord | undefined> {
  const record = recordOf(olds);
  const place = journalPlaceOf(olds);
  if (!record || place === journalPlaceOf(workplace.inputs)) return record;
  const { surroundings, clock, observer } = workplace;
  if (await isJournalGone(surroundings, olds, workplace.inputs)) return record;
  const journal = surroundings.openJournal(place, observer);
  return takeAlong({ store: journal, clock }, olds.batchId, record, surroundings.workers);
}

function generationIn(result: Extract<Result, { state: 'succeeded' }> | { state: 'unfinished' }): Generation {
  if (result.state === 'succeeded' && result.batch) return result.batch;
  throw new BatchError('Unexpected', 'the operation ended without a generation');
}

/** The outputs of what stands. @throws PartialFailure where secrets of its devices are lost (I4). */
async function stood(workplace: Workplace, generation: Generation, id: string): Promise<Outputs> {
  const { inputs } = workplace;
  const place = credentialsOf(inputs);
  if (place === 'none') return outputsOf(workplace, inputs, generation.id, '{}');
  const { text, lost } = await workplace.secretsOf(generation.id);
  const outputs = await outputsOf(workplace, inputs, generation.id, place === 'state' ? text : '{}');
  if (typeof place === 'object') {
    await workplace.surroundings.files.save(place.file, text).catch((error: unknown) => {
      throw new PartialFailure(id, outputs, secretsNotSaved(place.file, error));
    });
  }
  if (lost.length === 0) return outputs;
  throw new PartialFailure(id, outputs, {
    code: 'CredentialsMissing',
    message:
      `the devices exist, but an earlier operation was cut off before the secrets of ${countOf(lost.length)} were kept, and the cloud ` +
      `does not tell them again: ${listOf(lost)}; set deviceCredentials to none, or register them anew under other names`,
  });
}

async function notClearedAway(
  workplace: Workplace,
  id: string,
  generation: Generation,
  { code, message }: Failed,
): Promise<Error> {
  return new PartialFailure(id, await stood(workplace, generation, id), {
    code,
    message: `the change is made, but what was there before could not be cleared away: ${message}`,
  });
}

async function failedCreate(workplace: Workplace, requestId: string, failed: Failed): Promise<Error> {
  const generation = await leftOf(workplace, requestId);
  if (!generation) return new BatchError(failed.code, failed.message);
  return new PartialFailure(generation.id, await outputsOf(workplace, workplace.inputs, generation.id, '{}'), failed);
}

/** The state goes on to show what stands, as it was asked for then, so that the next `up` tries the change again. */
async function failedUpdate(
  workplace: Workplace,
  id: string,
  olds: Outputs,
  requestId: string,
  failed: Failed,
): Promise<Error> {
  if (!(await leftOf(workplace, requestId))) return new BatchError(failed.code, failed.message);
  const generation = recordOf(olds)?.generation ?? id;
  const record = await handOver(workplace, workplace.batchId, generation);
  const { __provider } = workplace.inputs;
  return new PartialFailure(id, { ...olds, __provider, record }, failed);
}

/** What a failed request has left that somebody has to see to. */
async function leftOf(workplace: Workplace, requestId: string): Promise<Generation | undefined> {
  const head = await workplace.head();
  const { target } = requestOf(head, requestId);
  const generation = target === undefined ? undefined : generationOf(head, target);
  if (!generation) return undefined;
  const suspects = generation.drop?.suspects ?? [];
  return generation.phase === 'gone' && suspects.length === 0 ? undefined : generation;
}
