import type { CloudReference } from './contract/cloud-reference';
import { cloudKey } from './contract/cloud-reference';
import { isSamePlace } from './contract/device-secrets';
import type { Clock } from './ports/clock';
import { keptOrListed, type Access, type Generation, type Head, type Policy, type Request } from './record/head';
import type { NameList } from './record/names';
import { isMeantBy, isUnrecordedId } from './unrecorded';

/** What a Create or Update asks for. */
export interface Ask {
  cloud: CloudReference;
  kind: Generation['kind'];
  observedJob?: string;
  names: NameList;
  policy: Policy;
  access: Access;
  /** Digest of the options as they came, to recognise them as another event's old ones. */
  digest: string;
  /** Wants a new generation even where one like it stands: devices of that one are missing. */
  anew?: boolean;
}

/** What somebody wants of a batch. `requestId` is the same for each delivery of one event. */
export type BatchEvent = { asker?: string } &
  /** `createKeeps`: the asker goes on with what is kept of it if it fails. `displaces`: beside which generation it is made, to be deleted then. */
  (
    | { type: 'create'; requestId: string; ask: Ask; createKeeps?: boolean; displaces?: string; deadline: number }
    /** `previous`: digest of the options that the asker believes to be in force. */
    | { type: 'update'; requestId: string; named: string; ask: Ask; previous?: string; deadline: number }
    /** `line`: means the named generation, what it replaced and what replaced it, but for `spared`; never another. */
    | { type: 'delete'; requestId: string; named: string; line?: { spared?: string }; deadline: number }
  );

/** An older event may reach us after a younger one for as long as this (Lambda's queue; MaximumEventAge is set to it). */
export const DELAYED_DELIVERY_MS = 60_000;

/** How long a request that is over is remembered, so that a late repetition gets its old answer. */
const REMEMBER_MS = 7 * 24 * 3600_000;

/**
 * Records what an event means for a batch; touches nothing but `head`. The same event twice changes nothing. Every other
 * request that is still open is superseded: it fails, and what it was making falls.
 *
 * @returns the id of the generation that a Create or Update returns, the request's own otherwise undefined.
 */
export function accept(head: Head, event: BatchEvent, clock: Clock): string | undefined {
  const known = head.requests.find((request) => request.id === event.requestId);
  if (known) return known.target;

  const now = clock.now();
  forgetOld(head, now);
  const waiting = waitsForOlder(head, now);
  if (waiting && !isYounger(head, event, waiting)) return refuseAsOlder(head, event, clock);

  const request = open(head, event, clock);
  supersedeOthers(head);
  head.requests.push(request);
  return request.target;
}

function open(head: Head, event: BatchEvent, clock: Clock): Request {
  const now = clock.now();
  const { requestId: id, deadline, asker } = event;
  const base = { id, acceptedAt: now, deadline, ...(asker !== undefined && { asker }) };
  if (event.type === 'delete' && event.line) {
    letLineFall(head, event.named, event.line.spared);
    return { ...base, kind: 'drop', named: event.named };
  }
  if (event.type === 'delete') {
    const found = letFall(head, event.named);
    return {
      ...base,
      kind: 'drop',
      named: event.named,
      ...(!found && waitFrom(firstDelete(head, event.named) ?? now)),
    };
  }

  const { ask } = event;
  const expected = event.type === 'create' || event.previous === undefined || event.previous === head.lastAsked;
  const goesBack = ask.digest === head.lastAsked;
  const wait = expected ? {} : { ...waitFrom(now), awaits: event.previous, ...(!goesBack && { goesOn: true }) };
  head.lastAsked = ask.digest;
  const ends = { names: ask.names, policy: ask.policy, access: ask.access, ...wait };
  if (event.type === 'create') {
    return { ...base, ...ends, kind: 'raise', target: newGeneration(head, event, clock).id };
  }

  confirm(head, event.named);
  // Who deletes line by line would never come upon what it left for something of another line.
  const own = asker === undefined ? undefined : lineOf(head, event.named);
  const standing = ask.anew ? undefined : standingLike(head, ask, event.named, own);
  if (standing) standing.asked = ask.digest;
  if (standing) {
    const { cloud } = ask;
    return { ...base, ...ends, cloud, kind: 'keep', target: standing.id, named: event.named };
  }
  return { ...base, ...ends, kind: 'raise', target: newGeneration(head, event, clock).id, named: event.named };
}

function waitFrom(since: number): { notBefore: number } {
  return { notBefore: since + DELAYED_DELIVERY_MS };
}

/**
 * When the first Delete with this id came: what may be delayed was sent before that, and whoever tries again, because those who worked
 * on it died, waits no longer for it.
 */
function firstDelete({ requests }: Head, id: string): number | undefined {
  return requests.find(({ kind, named }) => kind === 'drop' && named === id)?.acceptedAt;
}

/**
 * Which generations a Delete means; they fall. CloudFormation sends it for a batch that is removed, for the old generation
 * after a replacement, for the new one when a change is taken back, and, with an id of its own making, for a Create
 * whose answer it never got. False if it means nothing that we know.
 */
function letFall(head: Head, id: string): boolean {
  const named = head.generations.find((generation) => generation.id === id);
  const meant = named ?? unheardCreate(head, id);
  if (!meant) return false;
  if (named) named.named = true;
  else meant.disownedAs = id;

  forgetUnheard(head, meant);
  const current = head.generations.find((generation) => generation.id === head.current);
  if (!current || meant !== current) {
    const newest = head.generations.indexOf(current as Generation);
    if (head.generations.indexOf(meant) < newest) head.confirmed = true;
    // What a failed change kept outlives the events that take the change back; it goes when a later one has succeeded.
    const kept = (each: Generation) => current && each.phase === 'failed' && head.generations.indexOf(each) > newest;
    fall(head, (generation) => generation !== current && !kept(generation));
    return true;
  }
  // The current one goes. Unless an event has shown that the asker knows of it, this takes a replacement back.
  const older = head.confirmed ? [] : head.generations.filter((each) => each.phase === 'standing' && each !== current);
  fall(head, (each) => !older.includes(each) && (each.phase !== 'failed' || older.length === 0));
  const heir = older.at(-1);
  head.confirmed = heir !== undefined;
  if (heir) {
    // Or the Deletes of the older ones never came to be recorded, and this one was in use until now: what must not be deleted then is
    // left (I1 before I2).
    current.keepsByOwnPolicy = true;
    Object.assign(head, { current: heir.id, policy: heir.policy });
    // The next Update comes with the heir's options as its old ones.
    if (heir.asked !== undefined) head.lastAsked = heir.asked;
  } else delete head.current;
  return true;
}

/**
 * Where an Update was cut off after its replacement stood and before it told anybody, its Delete comes under the id that the
 * Update named, and no event will ever name the replacement: the one goes with the other.
 */
function forgetUnheard(head: Head, meant: Generation): void {
  const returning = head.requests.filter(({ target }) => target !== undefined && target === head.current);
  const untold = returning.every(({ outcome }) => !outcome?.ok);
  if (!untold || !returning.some(({ kind, named }) => kind === 'raise' && named === meant.id)) return;
  // That it was the current one is what its asker knows.
  Object.assign(head, { current: meant.id, confirmed: true });
}

/**
 * The Create that a Delete with an invented id means: the oldest one of which the asker has not shown that it heard the answer.
 * Where it created anew since (`--no-rollback`, then another try), the Delete of what it never heard of comes only now, and the
 * newest may be in use: better that is left standing for somebody to settle than deleted under its users (I1 before I2).
 * Each is meant by one id only, however often it comes.
 */
function unheardCreate(head: Head, id: string): Generation | undefined {
  const creates = head.generations.filter(({ origin }) => origin === 'create');
  if (isUnrecordedId(head, id)) return creates.find(({ request }) => isMeantBy(id, head, request));
  return (
    creates.find(({ disownedAs }) => disownedAs === id) ??
    creates.find(({ named, disownedAs }) => !named && disownedAs === undefined)
  );
}

/**
 * A line is what one resource has been, from its Create on. One whose asker has a replacement beside it (Pulumi) deletes line by
 * line, whichever is current: what of another one stands is the other's.
 */
function letLineFall(head: Head, named: string, spared: string | undefined): void {
  const line = lineOf(head, named);
  for (const generation of head.generations) if (line.has(generation.id)) generation.named = true;
  judge(head, named);
  fall(head, ({ id }) => line.has(id) && id !== spared);
  const current = head.generations.find(({ id }) => id === head.current);
  if (current?.phase === 'standing') return;
  const heir = head.generations.findLast(({ phase }) => phase === 'standing');
  if (!heir) delete head.current;
  else Object.assign(head, { current: heir.id, policy: heir.policy });
}

/**
 * Writes down by which policy a resource goes, and with it what it has replaced or is replaced by, in whichever order both go: the one
 * of their last event.
 */
function judge(head: Head, named: string): void {
  const kin = kinOf(head, named);
  const lastId = head.current !== undefined && kin.has(head.current) ? head.current : named;
  const last = head.generations.find(({ id }) => id === lastId);
  if (!last) return;
  // What never succeeded says nothing of the others.
  const judged = last.reported ? kin : new Set([last.id]);
  const { deleteActivated, removalPolicy } = last.judgedBy ?? last.policy;
  for (const each of head.generations)
    if (judged.has(each.id) && each.phase !== 'gone') each.judgedBy ??= { deleteActivated, removalPolicy };
}

/** The ids of a generation's line, as far as it is remembered. */
export function lineOf(head: Head, id: string): Set<string> {
  return connectedTo(id, head, ({ replaces }) => [replaces]);
}

/** Those of the lines as well that took its place, or whose place it took. */
export function kinOf(head: Head, id: string): Set<string> {
  return connectedTo(id, head, ({ replaces, displaces }) => [replaces, displaces]);
}

function connectedTo(
  id: string,
  { generations }: Head,
  predecessors: (generation: Generation) => (string | undefined)[],
): Set<string> {
  const connected = new Set([id]);
  for (let size = 0; size < connected.size;) {
    size = connected.size;
    for (const generation of generations) {
      const neighbours = [generation.id, ...predecessors(generation)].filter((each) => each !== undefined);
      if (neighbours.some((each) => connected.has(each))) for (const each of neighbours) connected.add(each);
    }
  }
  return connected;
}

const SUPERSEDED = 'Superseded';

/** Lets every generation fall, of those that list or keep devices, that `condition` holds for. */
export function fall(head: Head, condition: (generation: Generation) => boolean): void {
  for (const generation of head.generations) {
    if (keptOrListed(generation) && condition(generation)) generation.phase = 'falling';
  }
}

/** An Update with this id shows that the asker knows of it. */
function confirm(head: Head, id: string): void {
  const generation = head.generations.find((each) => each.id === id);
  if (generation) generation.named = true;
  if (head.current === id) head.confirmed = true;
}

/**
 * A standing generation of the same product and set of names: the named one, else any (a change is taken back). One whose
 * secrets are kept elsewhere is not the same: they have to be brought to where they are wanted now.
 */
function standingLike(head: Head, ask: Ask, named: string, own?: ReadonlySet<string>): Generation | undefined {
  const key = cloudKey(ask.cloud);
  const alike = head.generations.filter(
    (each) =>
      each.phase === 'standing' &&
      (own?.has(each.id) ?? true) &&
      each.cloudKey === key &&
      each.names.set === ask.names.set &&
      isSamePlace(each.policy.deviceCredentials, ask.policy.deviceCredentials),
  );
  return alike.find((each) => each.id === named) ?? alike.at(-1);
}

function newGeneration(head: Head, event: Exclude<BatchEvent, { type: 'delete' }>, clock: Clock): Generation {
  const { type: origin, requestId: request, ask } = event;
  const generation: Generation = {
    // At most 64 bytes, and never computed again: it is CloudFormation's physical id.
    id: `${head.batchId}-${clock.nonce(8)}`,
    phase: 'rising',
    origin,
    request,
    bornAt: clock.now(),
    cloud: ask.cloud,
    cloudKey: cloudKey(ask.cloud),
    access: ask.access,
    policy: ask.policy,
    asked: ask.digest,
    kind: ask.kind,
    ...(ask.observedJob !== undefined && { observedJob: ask.observedJob }),
    names: ask.names,
    reported: false,
    named: false,
    // Others delete by what is current. (In their heads, which have to stay small, it would be one member more.)
    ...(event.type === 'update' && event.asker !== undefined && { replaces: event.named }),
    ...(event.type === 'create' && event.displaces !== undefined && { displaces: event.displaces }),
    ...(event.type === 'create' && event.createKeeps && { createKeeps: true }),
    planned: false,
  };
  head.generations.push(generation);
  return generation;
}

/** The open requests end here, and what they were making falls: a new request returns its own, or what stands. */
function supersedeOthers(head: Head): void {
  for (const other of head.requests) {
    if (other.outcome) continue;
    other.outcome = {
      ok: false,
      code: SUPERSEDED,
      message: 'a later operation on the batch has taken over',
    };
    fall(head, (each) => each.phase === 'rising' && each.id === other.target);
  }
}

/**
 * Whether an event is not the one that another waits for. That is an Update to the options which the waiting one took for those in
 * force; it may be younger all the same, if it comes with those of the waiting one as its old ones. Not so where that one
 * only goes back to what stands, and was asked for last: its elder, which it takes back, came with those as well. A Delete waits for
 * a Create, and is tried again under the same id if whoever worked on it died.
 */
function isYounger(head: Head, event: BatchEvent, waiting: Request): boolean {
  if (waiting.kind === 'drop') return event.type === 'delete' && waiting.named === event.named;
  if (event.type !== 'update') return event.type === 'delete';
  const knowsIt = event.previous !== undefined && event.previous === head.lastAsked;
  const mayTakeBack = waiting.kind === 'keep' && !waiting.goesOn;
  return event.ask.digest !== waiting.awaits || (knowsIt && !mayTakeBack);
}

/** The event that looked as if an older one were still on its way, and is waiting for that one. */
function waitsForOlder(head: Head, now: number): Request | undefined {
  return head.requests.find(
    (request) => !request.outcome && request.notBefore !== undefined && request.notBefore > now,
  );
}

/** The older event that a younger one waited for has come: it is over before it began. */
function refuseAsOlder(head: Head, event: BatchEvent, clock: Clock): string | undefined {
  const now = clock.now();
  let target: string | undefined;
  if (event.type !== 'delete') {
    const generation = newGeneration(head, event, clock);
    // It answers for nothing, but its id may come back in a Delete; one with an invented id means another.
    generation.phase = 'gone';
    generation.named = true;
    target = generation.id;
  }
  const waiting = head.requests.findLast((request) => !request.outcome);
  // What it waited for has come.
  if (waiting) delete waiting.notBefore;
  head.requests.push({
    id: event.requestId,
    kind: event.type === 'delete' ? 'drop' : 'raise',
    ...(target !== undefined && { target }),
    acceptedAt: now,
    deadline: event.deadline,
    outcome: { ok: false, code: SUPERSEDED, message: 'a later operation on the batch had already arrived' },
  });
  return target;
}

/** Keeps the head below 64 KB: what is over is cut short, and forgotten after a week or when there is much of it. */
function forgetOld(head: Head, now: number): void {
  const overdue = (at: number) => now - at > REMEMBER_MS;
  const over = head.requests.filter((request) => request.outcome);
  const forgotten = new Set(over.filter((request, i) => overdue(request.acceptedAt) || i < over.length - 100));
  head.requests = head.requests.filter((request) => !forgotten.has(request));
  for (const request of over) {
    delete request.names;
    delete request.policy;
    delete request.access;
    delete request.cloud;
    delete request.failure;
  }
  for (const request of over.slice(0, -10)) {
    if (request.outcome?.ok === false) request.outcome.message = String(request.outcome.message).slice(0, 100);
  }

  const gone = head.generations.filter((generation) => generation.phase === 'gone');
  const forgottenToo = new Set(gone.filter((generation, i) => overdue(generation.bornAt) || i < gone.length - 20));
  head.generations = head.generations.filter((generation) => !forgottenToo.has(generation));
  for (const generation of gone) {
    generation.names.chunks = [];
    generation.policy.onExisting = 'fail';
    delete generation.asked;
    delete generation.drop;
  }
}
