import { devices, listFailures, listOf, listWithin, SHOWN } from '../../lib/batch/messages';
import { lights } from '../support/world';

describe('a list of names in a message', () => {
  it('has the first few, and how many more there are', () => {
    expect(listOf([])).toBe('');
    expect(listOf(lights(SHOWN))).toBe(lights(SHOWN).join(', '));
    expect(listOf(lights(SHOWN + 1))).toBe(`${lights(SHOWN).join(', ')} and 1 more`);
    expect(listOf(lights(2), 100)).toBe('light-001, light-002 and 98 more');
  });

  it('may have as many as there is room for', () => {
    // Nine characters each, and two between them.
    expect(listWithin(lights(3), 33)).toBe('light-001, light-002, light-003');
    expect(listWithin(lights(3), 32)).toBe('light-001, light-002 and 1 more');
    expect(listWithin(lights(300), 22)).toBe('light-001, light-002 and 298 more');
    expect(listWithin([], 10)).toBe('');
  });

  it('has reasons where there are some', () => {
    const failures = [
      { name: 'a', reason: 'no room' },
      { name: 'b', code: 'X17', reason: '' },
      { name: 'c', reason: '' },
    ];
    expect(listFailures(failures)).toBe('a (no room), b (X17), c (no reason given)');
    expect(listFailures(failures, 5)).toBe('a (no room), b (X17), c (no reason given) and 2 more');
  });

  it('stays short, whatever the cloud says', () => {
    const failures = lights(SHOWN + 2).map((name) => ({ name, reason: 'x'.repeat(1_000) }));
    const text = listFailures(failures);
    expect(text).toContain(`light-001 (${'x'.repeat(300)}), light-002`);
    expect(text).not.toContain('light-009');
    expect(text).toMatch(/ and 2 more$/);
  });
});

it('one device is one, and no others are', () => {
  expect([0, 1, 2].map(devices)).toEqual(['0 devices', '1 device', '2 devices']);
});
