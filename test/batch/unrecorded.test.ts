import { emptyHead } from '../../lib/batch/record/head';
import { isMeantBy, isUnrecordedId, unrecordedId } from '../../lib/batch/unrecorded';

const head = emptyHead('b1');

describe('the id of a Create of which nobody can say whether it was recorded', () => {
  it('is short, whatever the request is called, and the same each time', () => {
    const id = unrecordedId('b1', 'x'.repeat(500));
    expect(id).toMatch(/^b1-unrecorded-[0-9a-f]{16}$/);
    expect(unrecordedId('b1', 'x'.repeat(500))).toBe(id);
  });

  it('is known as one, and those of other batches and of generations are not', () => {
    expect(isUnrecordedId(head, unrecordedId('b1', 'request'))).toBe(true);
    expect(isUnrecordedId(head, unrecordedId('b2', 'request'))).toBe(false);
    expect(isUnrecordedId(head, 'b1-0123456789abcdef')).toBe(false);
  });

  it('means what its own request asked for, and nothing else', () => {
    const id = unrecordedId('b1', 'request');
    expect(isMeantBy(id, head, 'request')).toBe(true);
    expect(isMeantBy(id, head, 'another')).toBe(false);
    // The record of an older version does not say which request it was.
    expect(isMeantBy(id, head, undefined)).toBe(false);
  });
});
