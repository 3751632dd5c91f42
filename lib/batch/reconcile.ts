import { endOverdue } from './abandoned';
import { drop, type Dropped } from './drop';
import { BatchError } from './errors';
import { fetchNames } from './fetch-names';
import { endAsFailed, recordKept } from './kept';
import { noteTold } from './lost-requests';
import { devices, listOf } from './messages';
import { Operation, SupersededMidway, type EnginePorts } from './operation';
import { settleOwed } from './owed';
import { publish } from './publish';
import { raise } from './raise';
import { fall, kinOf, lineOf } from './intent';
import { BatchRecord } from './record/batch-record';
import { generationOf, owed, owedBy, requestOf, type Generation, type Head, type Outcome } from './record/head';
import { Lease, LeaseLost } from './record/lease';
import { Yielded } from './time-left';

/** What has become of a request. */
export type Result =
  | { state: 'unfinished' }
  /** `batch` is absent after a Delete. */
  | { state: 'succeeded'; batch?: Generation }
  | { state: 'failed'; code: string; message: string };

/**
 * Works on a request of a batch until it is over or the time of this invocation is used up: looks at what there is, decides,
 * acts, and records, one bounded step after another, whether or not this is the first call for it.
 *
 * `until`: when the work has to stop. `goneBy`: when this process is surely gone, so that another may go on (both in
 * milliseconds since 1970).
 *
 * @throws what the store throws; the record is then as it was, and the call may be repeated.
 */
export async function reconcile(
  ports: EnginePorts,
  batchId: string,
  requestId: string,
  { until, goneBy }: { until: number; goneBy: number },
): Promise<Result> {
  const record = await BatchRecord.load(ports.store, ports.clock, batchId);
  const early = resultOf(record.head, requestId, ports.clock.now());
  if (early) return early;
  const lease = await Lease.take(record, goneBy, ports.workers);
  if (!lease) {
    await record.update((head) => endOverdue(head, requestId, ports.clock.now()));
    return resultOf(record.head, requestId, ports.clock.now()) ?? { state: 'unfinished' };
  }
  const over = resultOf(lease.head, requestId, ports.clock.now());
  const operation = over ? undefined : Operation.forRequest(ports, lease, requestId, until);
  try {
    if (operation) await carryOut(operation);
  } catch (error) {
    if (!isInterruption(error)) throw error;
    ports.observer.log('debug', error.message, { batchId, requestId });
  } finally {
    await operation?.close();
    await lease.release();
  }
  return resultOf(record.head, requestId, ports.clock.now()) ?? { state: 'unfinished' };
}

async function carryOut(operation: Operation): Promise<void> {
  try {
    if (operation.request.kind === 'drop') return await carryOutDrop(operation);
    if (!operation.request.failure) await carryOutForward(operation);
    if (operation.request.failure) await takeBack(operation);
  } catch (error) {
    if (error instanceof Yielded) await operation.keepTrouble();
    throw error;
  }
}

/** Create and Update: the target comes to stand, then everything falls that nobody can ask for any more. */
async function carryOutForward(operation: Operation): Promise<void> {
  const { kind, target } = operation.request;
  const id = target as string;
  // Where it stands already, an earlier call was cut off while it cleared away: that cannot fail the change any more.
  const stood = kind === 'raise' && operation.generation(id).phase === 'standing';
  if (!stood && !(await bringToStand(operation, id))) return;
  await dropWhatCanGo(operation);
  await finish(operation, { ok: true, generation: id });
}

/** False if it failed: the request then says why. */
async function bringToStand(operation: Operation, id: string): Promise<boolean> {
  const { kind, names, acceptedAt } = operation.request;
  try {
    // Before anything is cleared away: what this change lists has to be known by then.
    if (names) await fetchNames(operation, names, acceptedAt);
    await settleOwed(operation).catch((error: unknown) => {
      // An Update that takes a change back must not be held up by anything else.
      if (kind !== 'keep' || !(error instanceof BatchError)) throw error;
      operation.observer.log('warn', `still owed: ${error.message}`);
    });
    if (operation.generation(id).phase === 'rising') await raise(operation, id);
    else await reorder(operation, id);
  } catch (error) {
    if (!(error instanceof BatchError)) throw error;
    await operation.update((head) => {
      const request = requestOf(head, operation.request.id);
      request.failure = { code: error.code, message: error.message, tellsOf: [...error.tellsOf] };
      if (kind === 'raise') endAsFailed(head, id);
    });
    return false;
  }
  await stand(operation, id);
  return true;
}

/**
 * The same names in another order are the same generation; only its manifest is written anew. It is so even where the order
 * is recorded already: an earlier call may have been cut off in between.
 */
async function reorder(operation: Operation, id: string): Promise<void> {
  const { names } = operation.request;
  if (operation.generation(id).kind !== 'listed' || !names) return;
  await operation.update((head) => {
    generationOf(head, id).names = names;
  });
  await publish(operation, id);
}

async function stand(operation: Operation, id: string): Promise<void> {
  await operation.update((head) => {
    const request = requestOf(head, operation.request.id);
    const generation = generationOf(head, id);
    generation.phase = 'standing';
    generation.reported = true;
    if (request.policy) head.policy = generation.policy = request.policy;
    if (request.access) generation.access = request.access;
    if (request.cloud) generation.cloud = request.cloud;
    // Its resource lives on: what is left of a Delete that came to nothing is judged anew.
    const kin = kinOf(head, id);
    for (const each of head.generations) if (kin.has(each.id)) delete each.judgedBy;
    head.current = id;
    head.confirmed = request.named === id;
    if (request.named === undefined) return;
    // Whoever came with that id has never heard of what is younger. What is older may be asked for again, until it is deleted.
    const named = head.generations.findIndex((other) => other.id === request.named);
    // A change that is only taken back does not reach what a failed one kept.
    const reaches = ({ phase }: Generation) => phase !== 'failed' || request.kind === 'raise';
    // Who deletes by what replaced what may have another batch under this one's id, of which only others tell.
    const own = request.asker === undefined ? undefined : lineOf(head, request.named);
    const isYounger = (other: Generation) => head.generations.indexOf(other) > named && (own?.has(other.id) ?? true);
    fall(head, (other) => other.id !== id && isYounger(other) && reaches(other));
  });
}

/** A failed change is undone before its failure is told, as far as that is possible, or what exists of it is recorded. */
async function takeBack(operation: Operation): Promise<void> {
  const { failure, target, kind } = operation.request;
  if (!failure) return;
  const { text, tellsOf = [] } = kind === 'raise' ? await whatIsLeft(operation, target as string) : { text: '' };
  const outcome: Outcome = { ok: false, code: failure.code, message: failure.message + text };
  await finish(operation, outcome, [...(failure.tellsOf ?? []), ...tellsOf]);
}

async function whatIsLeft(operation: Operation, id: string): Promise<{ text: string; tellsOf?: readonly string[] }> {
  if (operation.generation(id).phase === 'failed') {
    const kept = await recordKept(operation, operation.generation(id));
    if (kept !== undefined) return { text: kept };
    await operation.update((head) => {
      generationOf(head, id).phase = 'falling';
    });
  }
  try {
    const text = describe(await drop(operation, id));
    // What falls has left devices to the change as long as it might have listed them: now they are nobody's.
    await dropWhatCanGo(operation);
    return { text };
  } catch (error) {
    if (!(error instanceof BatchError)) throw error;
    const { message, tellsOf } = error;
    if (tellsOf.length > 0) return { text: `; ${message}`, tellsOf };
    return {
      text: `; taking it back failed, the devices that it created are still there and the next operation goes on with it: ${message}`,
    };
  }
}

/** The outcome is settled: what cannot be cleared away stays owed, and the next operation begins with it. */
async function dropWhatCanGo(operation: Operation): Promise<void> {
  await dropOwn(operation).catch((error: unknown) => {
    if (!(error instanceof BatchError)) throw error;
    operation.observer.log('warn', `still owed: ${error.message}`);
  });
}

/** Delete: its generations fell when it was accepted. */
async function carryOutDrop(operation: Operation): Promise<void> {
  try {
    const suspects = await dropToTheEnd(operation);
    await settleOwed(operation);
    if (suspects.length > 0) throw unproven(suspects);
    await finish(operation, { ok: true });
  } catch (error) {
    if (!(error instanceof BatchError)) throw error;
    await finish(operation, { ok: false, code: error.code, message: error.message }, error.tellsOf);
  }
}

/**
 * Drops until nothing is left, for after its Delete nobody may ask again: where an unfinished change lists some of the devices
 * as well, its end is waited for, or that it is seen to be abandoned (I2).
 */
async function dropToTheEnd(operation: Operation): Promise<string[]> {
  const suspects: string[] = [];
  for (;;) {
    suspects.push(...(await dropOwn(operation)));
    if (!operation.head.generations.some(owed)) return suspects;
    await settleOwed(operation);
    await operation.time.pause(UNFINISHED_MS, () => 'while an unfinished change listed devices of this batch');
  }
}

/** Between two looks at a change that somebody else is to finish, or that is dead and has to be waited out. */
const UNFINISHED_MS = 30_000;

/**
 * Drops every falling generation of the batch; the first failure is thrown after all were tried. Returns the devices that were
 * left alone because nobody can prove whose they are.
 */
async function dropOwn(operation: Operation): Promise<string[]> {
  let failed: BatchError | undefined;
  const suspects: string[] = [];
  for (const { id } of owedBy(operation.head)) {
    try {
      suspects.push(...(await drop(operation, id)).suspects);
    } catch (error) {
      if (!(error instanceof BatchError)) throw error;
      failed ??= error;
    }
  }
  if (failed) throw failed;
  return suspects;
}

/** Told once: whoever deletes the batch again says that they have seen to it. */
function unproven(suspects: string[]): BatchError {
  return new BatchError(
    'DevicesUnproven',
    `everything that is provably this batch's is deleted; ${devices(suspects.length)} under its names exist and cannot be proven ` +
      `its own, so they were left alone: ${listOf(suspects)}. Look at them in the cloud's console, then delete the batch again`,
  );
}

/** `tellsOf`: generations of which the answer tells what is told once. */
async function finish(operation: Operation, outcome: Outcome, tellsOf: readonly string[] = []): Promise<void> {
  await operation.update((head) => {
    noteTold(head, tellsOf);
    const request = requestOf(head, operation.request.id);
    request.outcome = outcome;
    delete request.troubleSince;
  });
}

function describe({ deleted, gone, suspects }: Dropped): string {
  return [
    deleted > 0 ? `; rolled back the other ${devices(deleted)}` : '',
    gone ? '' : '; devices that it shares with another change stay until that one is over',
    suspects.length > 0
      ? `; these exist and cannot be proven this batch's, so they were left alone: ${listOf(suspects)}`
      : '',
  ].join('');
}

/** The answer to a request, where there is one by now; a request that waits for an older one has none. */
function resultOf(head: Head, requestId: string, now: number): Result | undefined {
  const request = head.requests.find((each) => each.id === requestId);
  if (!request) {
    return { state: 'failed', code: 'UnknownRequest', message: `batch ${head.batchId} never accepted this request` };
  }
  if (!request.outcome) return (request.notBefore ?? 0) > now ? { state: 'unfinished' } : undefined;
  if (!request.outcome.ok) {
    return { state: 'failed', code: String(request.outcome.code), message: String(request.outcome.message) };
  }
  const { generation } = request.outcome;
  return typeof generation === 'string'
    ? { state: 'succeeded', batch: generationOf(head, generation) }
    : { state: 'succeeded' };
}

/** Not failures: the record says how it goes on, here or with somebody else. */
function isInterruption(error: unknown): error is Yielded | LeaseLost | SupersededMidway {
  return error instanceof Yielded || error instanceof LeaseLost || error instanceof SupersededMidway;
}
