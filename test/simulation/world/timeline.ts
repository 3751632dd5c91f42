/**
 * The time of a life. It passes only when nothing else can happen: once all promises have come to rest, it jumps to whoever
 * is to wake next. Those who wake at the same moment do so in the order in which they fell asleep.
 */
export class Timeline {
  private time = Date.UTC(2026, 0, 2, 3, 4, 5);
  private readonly heap: Waker[] = [];
  private asleep = 0;
  private things = 0;

  now(): number {
    return this.time;
  }

  /** Calls `wake` in `ms` milliseconds, unless what is returned is called before. */
  after(ms: number, wake: () => void): () => void {
    const waker: Waker = { at: this.time + Math.max(0, ms), order: this.asleep++, wake };
    this.push(waker);
    return () => (waker.wake = undefined);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /** To be asked before anything is done: false if so much was that somebody goes round in circles, be it without letting time pass. */
  goesOn(): boolean {
    return ++this.things <= MOST_THINGS;
  }

  /** Lets time pass until `work` is over. @throws Error if everything waits for what nobody brings about, or goes on for ever. */
  async drive<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const watched = work.finally(() => (over = true));
    watched.catch(() => undefined);
    await new Promise<void>((resolve, reject) => {
      let turns = 0;
      const turn = () => {
        if (over) return resolve();
        if (++turns > MOST_TURNS || this.things > MOST_THINGS) return reject(new Error('there is no end to it'));
        const next = this.pop();
        if (!next) return reject(new Error('everything waits, and nothing is going to happen'));
        this.time = Math.max(this.time, next.at);
        next.wake?.();
        setImmediate(turn);
      };
      setImmediate(turn);
    });
    return watched;
  }

  private push(waker: Waker): void {
    const { heap } = this;
    let at = heap.push(waker) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (before(heap[parent] as Waker, waker)) break;
      heap[at] = heap[parent] as Waker;
      at = parent;
    }
    heap[at] = waker;
  }

  /** The next one that still wants to be woken. */
  private pop(): Waker | undefined {
    for (;;) {
      const first = this.heap[0];
      if (!first) return undefined;
      const last = this.heap.pop() as Waker;
      if (this.heap.length > 0) this.sink(last);
      if (first.wake) return first;
    }
  }

  private sink(waker: Waker): void {
    const { heap } = this;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Waker, heap[child] as Waker)) child++;
      if (before(waker, heap[child] as Waker)) break;
      heap[at] = heap[child] as Waker;
      at = child;
    }
    heap[at] = waker;
  }
}

/** Many times what the longest life takes. */
const MOST_TURNS = 1_000_000;
const MOST_THINGS = 1_000_000;

interface Waker {
  at: number;
  order: number;
  wake: (() => void) | undefined;
}

function before(one: Waker, other: Waker): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
