import { DELAYED_DELIVERY_MS } from '../../lib/batch';
import { accept, type Ask, type BatchEvent } from '../../lib/batch/intent';
import {
  emptyHead,
  generationOf,
  requestOf,
  type Generation,
  type Head,
  type Request,
} from '../../lib/batch/record/head';
import { unrecordedId } from '../../lib/batch/unrecorded';
import { VirtualClock } from '../support/virtual-clock';

const DAY = 24 * 3600_000;
const CLOUD = { aliyun: { region: 'cn-shanghai', productKey: 'a1BwAGV0001' } };

let clock: VirtualClock;
let head: Head;
let events: number;
beforeEach(() => {
  clock = new VirtualClock();
  head = emptyHead('b1');
  events = 0;
});

/** What is asked for, told apart by a word. */
function ask(word: string): Ask {
  return {
    cloud: CLOUD,
    kind: 'listed',
    names: { count: 1, chunks: [{ digest: `chunk of ${word}`, count: 1 }], set: `set of ${word}` },
    policy: {
      deleteActivated: false,
      deviceCredentials: 'store',
      removalPolicy: 'destroy',
      onPartialFailure: 'rollBack',
      onExisting: 'adopt',
    },
    access: {},
    digest: `digest of ${word}`,
  };
}

type Rest<T extends BatchEvent['type']> = Partial<Extract<BatchEvent, { type: T }>>;

/** Sends an event of its own request; returns that request as it is recorded. */
function send(event: BatchEvent): Request {
  accept(head, event, clock);
  return requestOf(head, event.requestId);
}

const next = () => ({ requestId: `request-${++events}`, deadline: clock.now() + 1800_000 });
const create = (word: string, rest: Rest<'create'> = {}) =>
  send({ type: 'create', ...next(), ask: ask(word), ...rest });
const update = (named: string, word: string, rest: Rest<'update'> = {}) =>
  send({ type: 'update', ...next(), named, ask: ask(word), ...rest });
const remove = (named: string, rest: Rest<'delete'> = {}) => send({ type: 'delete', ...next(), named, ...rest });

/** The target of a request comes to stand; where it is not told of, whoever worked on it was cut off there. */
function stand({ id, target = '', named }: Request, told = true): string {
  Object.assign(generationOf(head, target), { phase: 'standing', reported: true });
  Object.assign(head, { current: target, confirmed: named === target });
  if (told) requestOf(head, id).outcome = { ok: true, generation: target };
  return target;
}

const over = (request: Request) => (requestOf(head, request.id).outcome = { ok: true });
const phaseOf = (id: string) => generationOf(head, id).phase;
const phases = (...ids: string[]) => ids.map(phaseOf);

describe('a new generation', () => {
  it('has nothing yet but what was asked for', () => {
    const { target = '', id } = create('lights');
    const { cloud, access, policy, digest, kind, names } = ask('lights');
    expect(target).toMatch(/^b1-[0-9a-f]{16}$/);
    expect(generationOf(head, target)).toEqual({
      ...{ id: target, phase: 'rising', origin: 'create', request: id, bornAt: clock.now() },
      ...{ cloud, cloudKey: generationOf(head, target).cloudKey, access, policy, asked: digest, kind, names },
      ...{ reported: false, named: false, planned: false },
    });
  });

  it('knows what it displaces, and whether what is kept of it is used', () => {
    const { target = '' } = create('lights', { displaces: 'b1-old', createKeeps: true, asker: 'process' });
    expect(generationOf(head, target)).toMatchObject({ displaces: 'b1-old', createKeeps: true });
    expect(generationOf(head, target)).not.toHaveProperty('replaces');
  });

  it('knows what it replaces where its asker deletes line by line', () => {
    const first = stand(create('lights'));
    const { target: plain = '' } = update(first, 'lamps');
    expect(generationOf(head, plain)).not.toHaveProperty('replaces');
    const { target: inLine = '' } = update(first, 'bulbs', { asker: 'process' });
    expect(generationOf(head, inLine)).toMatchObject({ origin: 'update', replaces: first });
    expect(generationOf(head, inLine)).not.toHaveProperty('displaces');
    expect(generationOf(head, inLine)).not.toHaveProperty('createKeeps');
  });
});

describe('an Update', () => {
  it('confirms the generation that it names, and no other', () => {
    const first = stand(create('lights'));
    const second = stand(update(first, 'lamps'));
    expect(head.confirmed).toBe(false);
    expect(generationOf(head, second).named).toBe(false);
    over(update(first, 'bulbs'));
    expect(head.confirmed).toBe(false);
    expect(generationOf(head, second).named).toBe(false);
    update(second, 'torches');
    expect(head.confirmed).toBe(true);
    expect(generationOf(head, second).named).toBe(true);
  });

  it('may name what nobody knows any more', () => {
    const first = stand(create('lights'));
    expect(update('b1-forgotten', 'lamps')).toMatchObject({ kind: 'raise' });
    expect(head.confirmed).toBe(false);
    expect(phaseOf(first)).toBe('standing');
  });

  it('of the same content returns the generation that it names, else the newest one like it', () => {
    const [older, newer] = [stand(create('lights')), stand(create('lights'))];
    expect(older).not.toBe(newer);
    expect(over(update(older, 'lights')) && head.requests.at(-1)).toMatchObject({ kind: 'keep', target: older });
    expect(update('b1-forgotten', 'lights')).toMatchObject({ kind: 'keep', target: newer });
  });
});

describe('an event', () => {
  it('that comes again changes nothing, and has the same answer', () => {
    const event: BatchEvent = { type: 'create', ...next(), ask: ask('lights') };
    const target = accept(head, event, clock);
    const before = structuredClone(head);
    clock.advance(1_000);
    expect(accept(head, event, clock)).toBe(target);
    expect(head).toEqual(before);
  });

  it('says who asked, where that can be told', () => {
    expect(create('lights', { asker: 'process' })).toMatchObject({ asker: 'process' });
    expect(create('lamps')).not.toHaveProperty('asker');
  });

  it('of the same content under other options leaves those with what stands', () => {
    const standing = stand(create('lights'));
    update(standing, 'lights', { ask: { ...ask('lights'), digest: 'digest of other options' } });
    expect(generationOf(head, standing).asked).toBe('digest of other options');
    expect(head.lastAsked).toBe('digest of other options');
  });
});

describe('a Delete', () => {
  /** Two that stand, the younger one current, and one that failed and is kept, each a second after the other. */
  function history(): { old: string; current: string; failed: string } {
    const old = stand(create('lights'));
    clock.advance(1_000);
    const current = stand(update(old, 'lamps'));
    clock.advance(1_000);
    const { id, target: failed = '' } = update(current, 'bulbs');
    requestOf(head, id).outcome = { ok: false, code: 'x', message: 'x' };
    generationOf(head, failed).phase = 'failed';
    clock.advance(1_000);
    Object.assign(head, { current, confirmed: false });
    return { old, current, failed };
  }

  it('of the old one after a replacement shows that the new one is known, and spares what a failed change kept', () => {
    const { old, current, failed } = history();
    over(remove(old));
    expect(phases(old, current, failed)).toEqual(['falling', 'standing', 'failed']);
    expect(head.confirmed).toBe(true);
    remove(current);
    expect(phases(current, failed)).toEqual(['falling', 'falling']);
    expect(head).not.toHaveProperty('current');
    expect(head.confirmed).toBe(false);
  });

  it('of a younger one shows nothing', () => {
    const { old, current, failed } = history();
    remove(failed);
    expect(head.confirmed).toBe(false);
    expect(phases(old, current)).toEqual(['falling', 'standing']);
  });

  it('lets what failed before the current one fall', () => {
    const { failed } = history();
    const latest = stand(update('b1-forgotten', 'torches'));
    clock.advance(1_000);
    remove(failed);
    expect(phases(failed, latest)).toEqual(['falling', 'standing']);
  });

  it('of a current one that nobody is known to know of brings back the one before, and what that stood for', () => {
    const { old, current, failed } = history();
    remove(current);
    expect(phases(old, current, failed)).toEqual(['standing', 'falling', 'failed']);
    expect(head).toMatchObject({ current: old, confirmed: true, lastAsked: 'digest of lights' });
    expect(generationOf(head, current).keepsByOwnPolicy).toBe(true);
  });

  it('brings it back where its record does not say what asked for it', () => {
    const { old, current } = history();
    delete generationOf(head, old).asked;
    remove(current);
    expect(head).toMatchObject({ current: old, lastAsked: 'digest of bulbs' });
  });

  it('that means nothing waits from when the first one of the same id came', () => {
    over(create('lights'));
    over(remove('b1-other'));
    clock.advance(1_000);
    const first = remove('b1-unknown');
    expect(first.notBefore).toBe(clock.now() + DELAYED_DELIVERY_MS);
    clock.advance(1_000);
    expect(remove('b1-unknown').notBefore).toBe(first.notBefore);
  });
});

describe('an event that finds another one open', () => {
  it('takes over: what that one was making falls, what is over keeps its answer', () => {
    const first = create('lights');
    const standing = stand(first);
    const open = create('lamps');
    const latest = create('bulbs');
    expect(requestOf(head, first.id).outcome).toEqual({ ok: true, generation: standing });
    expect(requestOf(head, open.id).outcome).toMatchObject({ ok: false, code: 'Superseded' });
    expect(phases(standing, open.target ?? '', latest.target ?? '')).toEqual(['standing', 'falling', 'rising']);
  });

  it('leaves what stands alone that the open one was only to return', () => {
    const standing = stand(create('lights'));
    expect(update(standing, 'lights')).toMatchObject({ kind: 'keep' });
    create('lamps');
    expect(phaseOf(standing)).toBe('standing');
  });
});

describe('an event that arrives while another waits for an older one', () => {
  /** An Update whose asker believes other options to be in force than those that are known. */
  const unexpected = () => {
    const standing = stand(create('lights'));
    return update(standing, 'lamps', { previous: 'digest of unheard' });
  };

  it('is the older one if it is a Delete under another id, or no Delete at all, and a Delete waits', () => {
    const waiting = () => remove('unheard-of');
    for (const older of [() => remove('another'), () => create('lights'), () => update('unheard-of', 'lights')]) {
      head = emptyHead('b1');
      const { id } = waiting();
      expect(requestOf(head, id).notBefore).toBe(clock.now() + DELAYED_DELIVERY_MS);
      expect(older().outcome).toMatchObject({ ok: false, code: 'Superseded' });
      expect(requestOf(head, id).outcome).toBeUndefined();
      // What it waited for has come.
      expect(requestOf(head, id).notBefore).toBeUndefined();
    }
  });

  it('is the older one if it is a Create, and an Update waits', () => {
    unexpected();
    expect(create('torches').outcome).toMatchObject({ ok: false, code: 'Superseded' });
  });

  it('is the older one if it asks for what was believed to be in force, without knowing of the one that waits', () => {
    for (const rest of [{ previous: 'digest of lights' }, {}]) {
      head = emptyHead('b1');
      const waiting = unexpected();
      expect(update(waiting.named ?? '', 'unheard', rest).outcome).toMatchObject({ code: 'Superseded' });
      expect(requestOf(head, waiting.id).outcome).toBeUndefined();
    }
  });

  it('is the younger one if it asks for that and knows of the one that waits, or asks for something else', () => {
    for (const [word, previous] of [
      ['unheard', 'digest of lamps'],
      ['torches', 'digest of unheard'],
    ] as const) {
      head = emptyHead('b1');
      const waiting = unexpected();
      expect(update(waiting.named ?? '', word, { previous }).outcome).toBeUndefined();
      expect(requestOf(head, waiting.id).outcome).toMatchObject({ code: 'Superseded' });
    }
  });

  it('is the younger one also where what waits goes on from something else that stands', () => {
    const standing = stand(create('lights'));
    // A Create comes once more that nobody has recorded, and then an Update that changes the policy only.
    create('torches');
    const policy = { ...ask('lights'), digest: 'digest of other policy' };
    const waiting = update(standing, 'lights', { ask: policy, previous: 'digest of lights' });
    expect(waiting).toMatchObject({ kind: 'keep', notBefore: clock.now() + DELAYED_DELIVERY_MS });
    const back = update(standing, 'lights', { previous: 'digest of other policy' });
    expect(back).toMatchObject({ kind: 'keep', target: standing });
    expect(back.outcome).toBeUndefined();
    expect(requestOf(head, waiting.id).outcome).toMatchObject({ code: 'Superseded' });
  });

  it('is the older one where what waits goes back to what stands and was asked for last', () => {
    const standing = stand(create('lights'));
    const back = update(standing, 'lights', { previous: 'digest of other policy' });
    const policy = { ...ask('lights'), digest: 'digest of other policy' };
    const late = update(standing, 'lights', { ask: policy, previous: 'digest of lights' });
    expect(late.outcome).toMatchObject({ code: 'Superseded' });
    expect(requestOf(head, back.id).outcome).toBeUndefined();
  });

  it('is a new one when the time of waiting is over, to the millisecond', () => {
    const waiting = remove('unheard-of');
    clock.advance(DELAYED_DELIVERY_MS - 1);
    expect(remove('another').outcome).toMatchObject({ code: 'Superseded' });
    requestOf(head, waiting.id).notBefore = clock.now() + 1;
    clock.advance(1);
    expect(create('lights').outcome).toBeUndefined();
  });

  it('is a new one when that one has been taken over since', () => {
    unexpected();
    stand(update('b1-forgotten', 'torches', { previous: 'digest of lamps' }));
    expect(create('lights').outcome).toBeUndefined();
  });

  it('is recorded, if it is the older one, with an id that answers for nothing', () => {
    remove('unheard-of');
    const late = create('lights');
    const generation = generationOf(head, late.target ?? '');
    expect(late).toMatchObject({ kind: 'raise', acceptedAt: clock.now() });
    // No Delete with an invented id means it.
    expect(generation).toMatchObject({ phase: 'gone', named: true });
  });

  it('is recorded, if it is a Delete and the older one, without a generation', () => {
    remove('unheard-of');
    const late = remove('another');
    expect(late.kind).toBe('drop');
    expect(late).not.toHaveProperty('target');
    expect(head.generations).toEqual([]);
  });
});

describe('a Delete of what a replacement came from that was cut off before it told anybody', () => {
  it('means the replacement as well', () => {
    const old = stand(create('lights'));
    const replacement = stand(update(old, 'lamps'), false);
    remove(old);
    expect(phases(old, replacement)).toEqual(['falling', 'falling']);
    expect(head.current).toBeUndefined();
  });

  it('means it also where the Update came twice', () => {
    const old = stand(create('lights'));
    const replacement = stand(update(old, 'lamps'), false);
    expect(update(old, 'lamps')).toMatchObject({ kind: 'keep', target: replacement });
    remove(old);
    expect(phases(old, replacement)).toEqual(['falling', 'falling']);
  });

  it('spares it once any request has told of it', () => {
    const old = stand(create('lights'));
    const replacement = stand(update(old, 'lamps'), false);
    over(update(old, 'lamps'));
    remove(old);
    expect(phases(old, replacement)).toEqual(['falling', 'standing']);
    expect(head.current).toBe(replacement);
  });

  it('spares it where another one is meant than that which it replaces', () => {
    const [another, old] = [stand(create('torches')), stand(create('lights'))];
    const replacement = stand(update(old, 'lamps'), false);
    remove(another);
    expect(phases(another, replacement)).toEqual(['falling', 'standing']);
    expect(head.current).toBe(replacement);
  });

  it('spares it where the request that made it is forgotten, and a later one was only to return it', () => {
    const old = stand(create('lights'));
    const replacement = stand(update(old, 'lamps'));
    head.requests = [];
    expect(update(old, 'lamps')).toMatchObject({ kind: 'keep', target: replacement });
    remove(old);
    expect(phases(old, replacement)).toEqual(['falling', 'standing']);
  });
});

describe('a Delete under an id of the asker’s own making', () => {
  it('means no generation that an Update asked for', () => {
    const first = stand(create('lights'));
    const replacement = stand(update(first, 'lamps'));
    expect(remove('stack-batch-1A2B3C')).toHaveProperty('notBefore');
    expect(phases(first, replacement)).toEqual(['standing', 'standing']);
  });

  it('means the same Create each time it comes', () => {
    const [first, second] = [stand(create('lights')), stand(create('lamps'))];
    over(remove('stack-batch-1A2B3C'));
    expect(remove('stack-batch-1A2B3C')).not.toHaveProperty('notBefore');
    expect(phases(first, second)).toEqual(['falling', 'standing']);
  });

  it('means the very Create that was given this id, where that is how it was made', () => {
    const first = stand(create('lights'));
    const unheard = create('lamps');
    const second = stand(unheard);
    remove(unrecordedId('b1', unheard.id));
    expect(phases(first, second)).toEqual(['standing', 'falling']);
  });
});

describe('a Delete of a line', () => {
  const asker = 'process';
  /** Two lines: one of three generations, and one beside it. */
  function twoLines(): { first: string; second: string; third: string; beside: string } {
    const first = stand(create('lights', { asker }));
    const beside = stand(create('torches', { asker }));
    const second = stand(update(first, 'lamps', { asker }));
    const third = stand(update(second, 'bulbs', { asker }));
    for (const { id } of head.generations) generationOf(head, id).named = false;
    return { first, second, third, beside };
  }

  it.each(['first', 'second', 'third'] as const)('named by its %s means all of it, and nothing else', (which) => {
    const { first, second, third, beside, ...rest } = { ...twoLines() };
    expect(rest).toEqual({});
    remove({ first, second, third }[which], { line: {} });
    expect(phases(first, second, third, beside)).toEqual(['falling', 'falling', 'falling', 'standing']);
    const named = (id: string) => generationOf(head, id).named;
    expect([first, second, third, beside].map(named)).toEqual([true, true, true, false]);
    // What of the other one stands is what the batch has from now on.
    expect(head.current).toBe(beside);
  });

  it('spares what it is to spare', () => {
    const { first, second, third, beside } = twoLines();
    remove(first, { line: { spared: third } });
    expect(phases(first, second, third, beside)).toEqual(['falling', 'falling', 'standing', 'standing']);
    expect(head.current).toBe(third);
  });

  it('of one generation means that', () => {
    const { third, beside } = twoLines();
    remove(beside, { line: {} });
    expect(phases(beside, third)).toEqual(['falling', 'standing']);
    expect(head.current).toBe(third);
  });

  it('leaves the current one where that stands in another line, though younger ones stand', () => {
    const { first, beside } = twoLines();
    head.current = beside;
    const younger = stand(create('candles', { asker }));
    head.current = beside;
    remove(first, { line: {} });
    expect(head.current).toBe(beside);
    expect(phaseOf(younger)).toBe('standing');
  });

  it('leaves none where nothing stands any more, nor stood', () => {
    const only = stand(create('lights', { asker }));
    const { target: rising = '' } = create('lamps', { asker });
    remove(only, { line: {} });
    expect(head).not.toHaveProperty('current');
    remove(rising, { line: {} });
    expect(head).not.toHaveProperty('current');
  });
});

describe('the record of what is over', () => {
  it('is kept for a week, and that of what is open for longer', () => {
    const done = create('lights');
    stand(done);
    const open = create('lamps');
    clock.advance(7 * DAY);
    over(remove('unheard-of'));
    expect(head.requests.map(({ id }) => id)).toContain(done.id);
    delete requestOf(head, open.id).outcome;
    clock.advance(1);
    remove('unheard-of');
    expect(head.requests.map(({ id }) => id)).not.toContain(done.id);
    expect(head.requests.map(({ id }) => id)).toContain(open.id);
  });

  it('is kept of a hundred requests, with the whole text of ten', () => {
    const text = 'x'.repeat(300);
    for (let i = 0; i < 111; i++) {
      const { id } = remove('unheard-of');
      requestOf(head, id).outcome = i === 50 ? { ok: true } : { ok: false, code: 'DevicesExist', message: text };
    }
    const before = head.requests.map(({ id }) => id);
    remove('unheard-of');
    const kept = head.requests.slice(0, -1);
    expect(kept.map(({ id }) => id)).toEqual(before.slice(-100));
    const lengths = kept.map(({ outcome }) => (outcome?.ok === false ? outcome.message.length : 0));
    const success = kept.find(({ outcome }) => outcome?.ok);
    expect(success?.outcome).toEqual({ ok: true });
    expect(lengths.slice(-10)).toEqual(new Array(10).fill(300));
    expect(lengths.slice(0, -10).filter((length) => length !== 0)).toEqual(new Array(89).fill(100));
  });

  it('holds no more than the answer', () => {
    const standing = stand(create('lights'));
    const request = update(standing, 'lights');
    expect(request).toMatchObject({ names: {}, policy: {}, access: {}, cloud: {} });
    over(request);
    requestOf(head, request.id).failure = { code: 'x', message: 'x' };
    const open = update(standing, 'lights');
    const { id, acceptedAt, deadline } = request;
    const rest = { kind: 'keep', target: standing, named: standing, outcome: { ok: true } };
    expect(requestOf(head, id)).toEqual({ id, acceptedAt, deadline, ...rest });
    expect(requestOf(head, open.id)).toMatchObject({ names: {}, policy: {}, access: {}, cloud: {} });
  });

  it('is kept of twenty generations that are gone, for a week, and of all others', () => {
    const standing = stand(create('lights'));
    const gone: Generation[] = [];
    for (let i = 0; i < 22; i++) {
      const generation = generationOf(head, stand(create(`lamps ${i}`)));
      generation.phase = 'gone';
      gone.push(generation);
    }
    const ids = () => head.generations.map(({ id }) => id);
    over(remove('unheard-of'));
    expect(ids()).toEqual([standing, ...gone.slice(-20).map(({ id }) => id)]);
    clock.advance(7 * DAY);
    over(remove('unheard-of'));
    expect(ids()).toHaveLength(21);
    clock.advance(1);
    over(remove('unheard-of'));
    expect(ids()).toEqual([standing]);
  });

  it('holds no more of such a generation than what it was', () => {
    const standing = stand(create('lights'));
    const gone = generationOf(head, stand(create('lamps')));
    Object.assign(gone, { phase: 'gone', drop: { lease: 'x', deleted: 1 } });
    remove('unheard-of');
    expect(gone).toMatchObject({ names: { count: 1, chunks: [] }, policy: { onExisting: 'fail' } });
    expect(gone).not.toHaveProperty('asked');
    expect(gone).not.toHaveProperty('drop');
    expect(generationOf(head, standing)).toMatchObject({ asked: 'digest of lights', policy: { onExisting: 'adopt' } });
    expect(generationOf(head, standing).names.chunks).toHaveLength(1);
  });
});
