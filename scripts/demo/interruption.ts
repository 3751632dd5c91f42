import { constants } from 'node:os';
import type { Narrator } from './narrator';

/** Aborts at the first SIGINT or SIGTERM, so that the demo cleans up; a second one ends it as it is. */
export class Interruption {
  readonly #controller = new AbortController();
  readonly signal: AbortSignal = this.#controller.signal;
  /** What a shell expects of a process that a signal ended. */
  exitCode: number | undefined;
  readonly #interrupt: (name: NodeJS.Signals) => void;

  constructor(narrator: Narrator) {
    this.#interrupt = (name) => {
      if (this.exitCode !== undefined) process.exit(this.exitCode);
      this.exitCode = 128 + constants.signals[name];
      narrator.say('\ncleaning up');
      this.#controller.abort();
    };
    process.on('SIGINT', this.#interrupt).on('SIGTERM', this.#interrupt);
  }

  dispose(): void {
    process.off('SIGINT', this.#interrupt).off('SIGTERM', this.#interrupt);
  }
}
