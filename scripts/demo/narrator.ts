import type { WriteStream } from 'node:tty';

/** Tells what is going on, line by line: what begins, what it prints, how it ended and how long it took. */
export class Narrator {
  readonly #started = performance.now();

  /** @param isVerbose whether to repeat all that programs print, or only what is told to matter */
  constructor(
    private readonly out: Pick<WriteStream, 'write' | 'isTTY' | 'columns'>,
    private readonly isVerbose: boolean,
  ) {}

  /** Something that takes time. `outcome` makes a line of its result, and may throw if it is not what it should be. */
  async step<T>(title: string, work: () => Promise<T>, outcome: (result: T) => string = () => ''): Promise<T> {
    const started = performance.now();
    this.#line(`▸ ${title}`);
    const ticking = this.#tick(started);
    try {
      const result = await work();
      this.#line(`  ✓ ${[seconds(started), outcome(result)].filter(Boolean).join('  ')}\n`);
      return result;
    } catch (failure) {
      this.#line(`  ✗ ${seconds(started)}\n`);
      throw failure;
    } finally {
      clearInterval(ticking);
    }
  }

  say(text: string): void {
    this.#line(text);
  }

  /** A line that a program printed. */
  quote(line: string, matters = true): void {
    this.#latest = line.trim() || this.#latest;
    if (matters || this.isVerbose) this.#line(`  │ ${line}`);
  }

  /** What came out, name by name; long values are cut. */
  list(values: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(values)) this.#line(`    ${name}: ${cut(value, 300)}`);
    this.#line('');
  }

  end(): void {
    this.#line(`done in ${seconds(this.#started)}`);
  }

  #latest = '';

  /** On a terminal, a last line that shows the seconds and what was printed last, whether it matters or not. */
  #tick(started: number): NodeJS.Timeout | undefined {
    this.#latest = '';
    if (!this.out.isTTY) return undefined;
    const show = (): void => {
      this.out.write(`${CLEAR}${cut(`  … ${seconds(started)}  ${this.#latest}`, this.out.columns - 2)}`);
    };
    return setInterval(show, 200);
  }

  #line(text: string): void {
    this.out.write(`${this.out.isTTY ? CLEAR : ''}${text}\n`);
  }
}

/** Back to the start of the terminal's line, which becomes empty. */
const CLEAR = '\r\u001b[K';

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length)}…` : text);

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
