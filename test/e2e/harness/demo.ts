import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from '../../../local-aws/folders';
import { processesWith } from './processes';
import { isListening, until } from './until';

export const SCRIPT = join(REPOSITORY, 'scripts/demo.mjs');

/** `npm run demo` with few devices. Everything that it writes and runs has its folder's name in its environment. */
export class Demo {
  printed = '';
  /** What of it went to standard error. */
  complaints = '';
  private child: ChildProcess | undefined;

  static async prepare(): Promise<Demo> {
    return new Demo(await mkdtemp(join(tmpdir(), 'demo-test-')));
  }

  private constructor(readonly folder: string) {}

  start(...args: string[]): void {
    this.run({ ...process.env, TMPDIR: this.folder }, '--count', '12', ...args);
  }

  run(env: NodeJS.ProcessEnv, ...args: string[]): void {
    this.child = spawn(process.execPath, [SCRIPT, ...args], { env });
    this.child.stdout!.on('data', (chunk: Buffer) => (this.printed += chunk.toString()));
    this.child.stderr!.on('data', (chunk: Buffer) => {
      this.printed += chunk.toString();
      this.complaints += chunk.toString();
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** Its exit code, when it has ended. */
  async exit(): Promise<unknown> {
    const child = this.child!;
    return child.exitCode ?? ((await once(child, 'exit')) as [number | null])[0];
  }

  /** Resolves when it has printed something of this kind. */
  async seen(text: RegExp, seconds = 120): Promise<void> {
    await until(() => {
      if (this.child!.exitCode !== null) throw new Error(`the demo has ended without ${text}:\n${this.printed}`);
      return text.test(this.printed);
    }, seconds);
  }

  /** Whether it has printed these lines, in this order. */
  expectStory(story: readonly string[]): void {
    const told = story.filter((line) => this.printed.includes(line));
    const at = (line: string) => this.printed.indexOf(line);
    expect(told.sort((one, other) => at(one) - at(other))).toEqual(story);
  }

  /** No process, no file and no port. */
  async expectNothingLeft(): Promise<void> {
    await until(async () => (await processesWith(this.folder)).length === 0);
    // tsx keeps what it compiled; that is its own affair.
    expect((await readdir(this.folder)).filter((name) => !name.startsWith('tsx-'))).toEqual([]);
    const urls = this.printed.match(/http:\/\/127\.0\.0\.1:\d+/g) ?? [];
    for (const url of urls) expect([url, await isListening(url)]).toEqual([url, false]);
  }

  async end(): Promise<void> {
    this.kill('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}
