import { forEachLimited } from '../../lib/batch/concurrency';
import { VirtualClock } from '../support/virtual-clock';

describe('work on many things', () => {
  const clock = new VirtualClock();

  /** The most that were under way at once, and all that were begun. */
  async function tried(count: number, limit: number, failsAt = -1) {
    let [now, most] = [0, 0];
    const begun: number[] = [];
    const work = async (item: number, index: number) => {
      begun.push(index);
      most = Math.max(most, ++now);
      await clock.sleep(10 + item);
      now--;
      if (index === failsAt) throw new Error(`at ${index}`);
    };
    const error = await forEachLimited([...Array(count).keys()], limit, work).catch((reason: unknown) => reason);
    return { most, begun, left: now, error: (error as Error | undefined)?.message };
  }

  it('goes side by side, to a limit, and reaches each once', async () => {
    expect(await tried(20, 3)).toEqual({ most: 3, begun: [...Array(20).keys()], left: 0, error: undefined });
    expect(await tried(2, 3)).toMatchObject({ most: 2, begun: [0, 1] });
    expect(await tried(0, 3)).toMatchObject({ most: 0, begun: [] });
  });

  it('begins nothing more after a failure, and waits for what is under way', async () => {
    const { begun, left, error } = await tried(20, 3, 4);
    expect(error).toBe('at 4');
    expect(begun.length).toBeLessThan(10);
    expect(left).toBe(0);
  });
});
