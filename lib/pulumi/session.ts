import type { Clock } from '../batch/ports/clock';
import { ProcessRates } from '../clouds/process-rates';
import type { StackConfig } from './cloud-keys';

/** What the calls of one provider process have in common while it lives. */
export class Session {
  config?: StackConfig;

  /** Batches that the state has: whoever creates one of them anew replaces it. */
  readonly inState = new Set<string>();

  /** Batches that are about to be created anew beside the generation of theirs that is then deleted, by the URNs of their resources. */
  readonly replacing = new Map<string, string>();

  /** Generations that creates have made here: their end is heard of before what they replace is deleted. */
  readonly made = new Set<string>();

  /** Batches that are worked on side by side share them. */
  readonly rates: ProcessRates;

  private readonly turns = new Map<string, Promise<unknown>>();

  /** Journals of which it was told what is left in them. */
  readonly greeted = new Set<string>();

  constructor(clock: Clock) {
    this.rates = new ProcessRates(clock, 1);
  }

  /**
   * Does something with a batch when whatever else is done with it here is over: a resource that was replaced and its replacement
   * are one batch, and the engine deletes both side by side.
   */
  async inTurn<T>(batchId: string, work: () => Promise<T>): Promise<T> {
    const before = this.turns.get(batchId);
    const turn = (async () => {
      await before?.catch(() => undefined);
      return work();
    })();
    this.turns.set(batchId, turn);
    return turn;
  }
}
