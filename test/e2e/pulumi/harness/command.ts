import { ProcessGroup } from '../../../../local-aws/process-group';

/** What a command of the CLI said in the end. */
export interface Said {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  /** All that it printed. */
  readonly text: string;
}

/** The same, or an error that shows all that was said. */
export function succeeded(said: Said): Said {
  if (said.code !== 0) throw new Error(`it ended with ${said.code}:\n${said.text}`);
  return said;
}

/** A command of the CLI that is running. */
export class Command {
  readonly ended: Promise<Said>;
  readonly #group: ProcessGroup;
  #text = '';
  #stdout = '';

  constructor(program: string, args: readonly string[], settings: { cwd: string; env: NodeJS.ProcessEnv }) {
    this.#group = ProcessGroup.start(program, args, { ...settings, stdio: ['ignore', 'pipe', 'pipe'] });
    const { stdout, stderr } = this.#group.process;
    stdout!.setEncoding('utf8').on('data', (text: string) => ((this.#text += text), (this.#stdout += text)));
    stderr!.setEncoding('utf8').on('data', (text: string) => (this.#text += text));
    // Its exit, not the end of its output: a provider that outlives it holds the pipes open.
    this.ended = this.#group.exited.then(async ({ code }) => {
      await new Promise(setImmediate);
      return { code, stdout: this.#stdout, text: this.#text };
    });
  }

  /** What it has printed so far. */
  get text(): string {
    return this.#text;
  }

  /** Ctrl-C: the terminal sends it to all of its group; providers have groups of their own. */
  interrupt(): void {
    process.kill(-this.#group.process.pid!, 'SIGINT');
  }

  /** The CLI, and it alone, does nothing any more: what its providers answer it never writes down. */
  freeze(): void {
    process.kill(this.#group.process.pid!, 'SIGSTOP');
  }

  /** `kill -9` of the CLI, and of it alone. */
  kill(): void {
    process.kill(this.#group.process.pid!, 'SIGKILL');
  }
}
