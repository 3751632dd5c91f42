import type { StackConfig } from './cloud-keys';

/** What the calls of one provider process have in common while it lives. */
export class Session {
  config?: StackConfig;

  /** Calls that work side by side share the account's rates. */
  working = 0;

  /** Batches that the state has: whoever creates one of them anew replaces it. */
  readonly inState = new Set<string>();

  /** Journals of which it was told what is left in them. */
  readonly greeted = new Set<string>();
}
