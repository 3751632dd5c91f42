import { abandonedAt, endAbandoned, endOverdue, hasAbandoned, isAbandoned } from '../../lib/batch/abandoned';
import type { Workers } from '../../lib/batch/ports/workers';
import { emptyHead, type Head, type Request } from '../../lib/batch/record/head';

const DEADLINE = 1_000_000_000;
const GRACE_MS = 60_000;
const dead: Workers = { self: 'alive', isDead: (worker) => worker === 'dead' };

const request = (id: string, rest: Partial<Request> = {}): Request => {
  return { id, kind: 'drop', acceptedAt: 0, deadline: DEADLINE, ...rest };
};
const headOf = (...requests: Request[]): Head => ({ ...emptyHead('b1'), requests });
const outcomeOf = ({ requests }: Head, id: string) => requests.find((each) => each.id === id)?.outcome;
const over = { outcome: { ok: true } } as const;

describe('a request that nobody is going to finish', () => {
  it('is one whose time is long over, to the millisecond', () => {
    const at = abandonedAt(request('a'));
    expect(at - DEADLINE).toBe(15 * 60_000);
    expect(isAbandoned(request('a'), at)).toBe(false);
    expect(isAbandoned(request('a'), at + 1)).toBe(true);
  });

  it('is one whose asker is known to be dead, at once', () => {
    expect(isAbandoned(request('a', { asker: 'dead' }), 0, dead)).toBe(true);
    expect(isAbandoned(request('a', { asker: 'alive' }), 0, dead)).toBe(false);
    expect(isAbandoned(request('a'), 0, dead)).toBe(false);
    expect(isAbandoned(request('a', { asker: 'dead' }), 0)).toBe(false);
  });

  it('is looked for among those that are open', () => {
    const [open, long] = [request('a'), request('b', { deadline: 0 })];
    const now = DEADLINE;
    expect(hasAbandoned(headOf(open, long), now)).toBe(true);
    expect(hasAbandoned(headOf(open), now)).toBe(false);
    expect(hasAbandoned(headOf(open, { ...long, ...over }), now)).toBe(false);
  });

  it('is ended, with what is to become of the rest; those that are over or go on stay as they are', () => {
    const head = headOf(request('a', { deadline: 0, ...over }), request('b', { deadline: 0 }), request('c'));
    endAbandoned(head, DEADLINE);
    expect(outcomeOf(head, 'a')).toEqual({ ok: true });
    expect(outcomeOf(head, 'b')).toMatchObject({ ok: false, code: 'DeadlineReached' });
    expect(outcomeOf(head, 'c')).toBeUndefined();
  });

  it('tells why it had failed, where it had', () => {
    const failure = { code: 'DevicesExist', message: 'they exist' };
    const head = headOf(request('a', { deadline: 0, failure }));
    endAbandoned(head, DEADLINE);
    expect(outcomeOf(head, 'a')).toMatchObject({
      code: 'DevicesExist',
      message: expect.stringMatching(/^they exist; /) as string,
    });
  });
});

describe('a request whose answer is overdue', () => {
  it('is ended a minute after its deadline, and no other with it', () => {
    const head = headOf(request('a', { deadline: 0 }), request('b'));
    expect(endOverdue(head, 'b', DEADLINE + GRACE_MS)).toBe(false);
    expect(outcomeOf(head, 'b')).toBeUndefined();
    expect(endOverdue(head, 'b', DEADLINE + GRACE_MS + 1)).toBe(true);
    expect(outcomeOf(head, 'b')).toMatchObject({ code: 'DeadlineReached' });
    expect(outcomeOf(head, 'a')).toBeUndefined();
  });

  it('keeps its answer where it has one, and need not be known', () => {
    const head = headOf(request('a', over));
    expect(endOverdue(head, 'a', 2 * DEADLINE)).toBe(false);
    expect(endOverdue(head, 'b', 2 * DEADLINE)).toBe(false);
    expect(head).toEqual(headOf(request('a', over)));
  });
});
