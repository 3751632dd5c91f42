import { expandNames } from '../../lib/batch/contract';
import type { Random } from '../simulation/random';

/** What a batch is asked to be: `count` names from a number on. */
export interface Wish {
  count: number;
  start: number;
}

/** How a batch is to change. */
export type Change = 'grow' | 'shrink' | 'replace';

export function firstWish(random: Random): Wish {
  return { count: random.int(2, 30), start: 1 };
}

export function changed({ count, start }: Wish, change: Change, random: Random): Wish {
  switch (change) {
    case 'grow':
      return { start, count: count + random.int(1, 20) };
    case 'shrink':
      return { start, count: Math.max(1, count - random.int(1, 20)) };
    case 'replace':
      return { start: start + count, count: random.int(2, 30) };
  }
}

/** The names of a batch's devices all begin with its own prefix. */
export function namesOf(prefix: string, { count, start }: Wish): string[] {
  return expandNames({ sequence: { prefix, count, start } });
}
