import type { Progress } from '../../lib/batch/ports/observer';
import { ProgressObserver } from '../../lib/pulumi/progress';

describe('progress on the screen', () => {
  let now: number;
  let statuses: string[];
  let lines: string[];
  const observer = (canShow = true) => {
    [now, statuses, lines] = [1_000_000, [], []];
    const screen = {
      write: (line: string) => void lines.push(line),
      status: (text: string, instead: () => void) => (canShow ? void statuses.push(text) : instead()),
    };
    return new ProgressObserver('lights', screen, () => now);
  };
  const at = (step: Progress['step'], done: number, of = 1_000) => ({ step, done, of });

  it('tells the first count of a step and the last, whatever the looks in between', () => {
    const observed = observer();
    for (let done = 0; done <= 1_000; done++) observed.progress(at('check', done));
    observed.progress(at('check', 1_000));
    expect(statuses).toEqual(['checked 0 of 1,000 devices', 'checked 1,000 of 1,000 devices']);
    expect(lines).toEqual([]);
  });

  it('tells how far it is ever less often, but twice a minute at least', () => {
    const observed = observer();
    const gaps: number[] = [];
    for (let last = now, looks = 0; looks < 1_800; looks++, now += 1_000) {
      observed.progress(at('register', looks, 100_000));
      if (statuses.length > gaps.length) {
        gaps.push(now - last);
        last = now;
      }
    }
    expect(gaps.slice(0, 3)).toEqual([0, 2_000, 2_000]);
    expect(gaps.at(-1)).toBe(30_000);
    expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
    expect(gaps.length).toBeLessThan(120);
  });

  it('says nothing of a step that has nothing to do', () => {
    observer().progress(at('delete', 0, 0));
    expect(statuses).toEqual([]);
  });

  it('writes lines where nothing else can be shown, and warnings always', () => {
    const observed = observer(false);
    observed.progress(at('collect', 3));
    observed.log('warn', 'the cloud is slow', { error: new Error('throttled') });
    observed.log('info', 'looked up');
    expect(lines).toEqual(['lights: collected 3 of 1,000 devices', 'lights: warning: the cloud is slow: throttled']);
  });
});
