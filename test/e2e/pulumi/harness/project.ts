import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { installPulumi } from '../../../../local-pulumi';
import { linkPackages } from '../../../support/pulumi-program';
import { processesWith } from '../../harness/processes';
import { Command, type Said } from './command';

export interface ProjectOptions {
  /** What the program sees of the environment, beside what the CLI needs. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Puts packages into the folder. @default links to those of this clone */
  readonly install?: (folder: string) => Promise<void>;
  /** @default a CommonJS program, index.js */
  readonly files?: Readonly<Record<string, string>>;
  /** The Node that everything runs on. @default the one that this runs on */
  readonly node?: string;
}

/**
 * A Pulumi program in a folder of its own, with a stack whose state is a file beside it. What the CLI starts is found by its
 * environment, and ends with the project.
 */
export class Project {
  /** All that the CLI ever printed. */
  readonly printed: string[] = [];
  #environment: NodeJS.ProcessEnv = {};

  static async open(options: ProjectOptions = {}): Promise<Project> {
    const bin = await installPulumi({ say: (line) => console.log(line) });
    const project = new Project(await mkdtemp(join(tmpdir(), 'e2e-pulumi-')), bin, options.node ?? process.execPath);
    try {
      project.setEnvironment(options.environment ?? {});
      await project.#furnish(options);
      await project.succeed('stack', 'init', STACK);
    } catch (failure) {
      await project.close();
      throw failure;
    }
    return project;
  }

  private constructor(
    readonly root: string,
    private readonly bin: string,
    private readonly node: string,
  ) {}

  #folder = 'program';

  /** Where the program lies. */
  get folder(): string {
    return join(this.root, this.#folder);
  }

  /** From the next command on the program lies in another folder, without a journal, as on a machine that has just checked it out. */
  async moveToAnotherMachine(): Promise<void> {
    const { folder, journalFolder } = this;
    this.#folder += '-again';
    await cp(folder, this.folder, { recursive: true, filter: (path) => path !== journalFolder });
    await this.succeed('stack', 'select', STACK);
  }

  /** From the next command on. */
  setEnvironment(environment: NodeJS.ProcessEnv): void {
    this.#environment = environment;
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(join(this.folder, name), text);
  }

  preview(...flags: string[]): Promise<Said> {
    return this.run('preview', ...flags);
  }

  up(...flags: string[]): Promise<Said> {
    return this.run('up', ...AT_ONCE, ...flags);
  }

  refresh(...flags: string[]): Promise<Said> {
    return this.run('refresh', ...AT_ONCE, ...flags);
  }

  destroy(...flags: string[]): Promise<Said> {
    return this.run('destroy', ...AT_ONCE, ...flags);
  }

  /** `up`, while the test goes on. */
  startUp(): Command {
    return this.#start(['up', ...AT_ONCE]);
  }

  /** `destroy`, while the test goes on. */
  startDestroy(): Command {
    return this.#start(['destroy', ...AT_ONCE]);
  }

  /** `up`, as somebody at a terminal sees it. */
  startUpOnTerminal(): Command {
    return this.#start(['up', ...AT_ONCE], { onTerminal: true });
  }

  /** What a CLI that was killed has left locked, as the next one tells its user to do. */
  async unlock(): Promise<void> {
    await this.succeed('cancel', '--yes');
  }

  /** Any command, to its end. */
  run(...args: string[]): Promise<Said> {
    return this.#start(args).ended;
  }

  /** Any command, which must succeed. */
  async succeed(...args: string[]): Promise<string> {
    const { code, text, stdout } = await this.run(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(' ')} failed:\n${text}`);
    return stdout;
  }

  /** Those of the stack, secrets in the clear: so it is not kept in `printed`. */
  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.#start(['stack', 'output', '--json', '--show-secrets'], { isPrinted: false }).ended;
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  /** The stack's state, as text. */
  async stateText(): Promise<string> {
    const stacks = join(this.root, 'state/.pulumi/stacks');
    const [project = ''] = await readdir(stacks);
    return readFile(join(stacks, project, `${STACK}.json`), 'utf8');
  }

  async resources(): Promise<StateResource[]> {
    const { checkpoint } = JSON.parse(await this.stateText()) as Checkpoint;
    return (checkpoint.latest?.resources ?? []).filter(({ type }) => type.includes('DeviceBatch'));
  }

  /** Every file that the backend keeps: also older states. */
  stateFiles(): Promise<Map<string, string>> {
    return filesIn(join(this.root, 'state'));
  }

  /** Every file of the journal. */
  journal(): Promise<Map<string, string>> {
    return filesIn(this.journalFolder);
  }

  loseJournal(): Promise<void> {
    return rm(this.journalFolder, { recursive: true, force: true });
  }

  /** As a copy, which can take the place of what there will be. */
  async keepJournal(): Promise<{ putBack(): Promise<void> }> {
    const copy = await mkdtemp(join(this.root, 'journal-'));
    await cp(this.journalFolder, copy, { recursive: true });
    return {
      putBack: async () => {
        await this.loseJournal();
        await cp(copy, this.journalFolder, { recursive: true });
      },
    };
  }

  get journalFolder(): string {
    return join(this.folder, '.iot-device-batch');
  }

  /** The ids of all processes that the CLI has started and that still live. */
  processes(): Promise<number[]> {
    return processesWith(`PULUMI_HOME=${this.home}`);
  }

  /** Those that run providers. */
  async providers(): Promise<number[]> {
    const found = await Promise.all(
      (await this.processes()).map(async (pid) => {
        const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
        return command.some((part) => part.endsWith('cmd/dynamic-provider/index.js')) ? [pid] : [];
      }),
    );
    return found.flat();
  }

  /** As if the machine had lost its power. */
  async killAll(): Promise<void> {
    for (let pids = await this.processes(); pids.length > 0; pids = await this.processes()) {
      for (const pid of pids) end(pid);
    }
  }

  async close(): Promise<void> {
    await this.killAll();
    await rm(this.root, { recursive: true, force: true });
  }

  get home(): string {
    return join(this.root, 'home');
  }

  async #furnish({ install = linkPackages, files = {} }: ProjectOptions): Promise<void> {
    await Promise.all(['program', 'state', 'home', 'tmp'].map((name) => mkdir(join(this.root, name))));
    await this.write('Pulumi.yaml', `name: ${NAME}\nruntime: nodejs\n`);
    await this.write('package.json', JSON.stringify({ name: NAME, private: true, main: 'index.js' }));
    for (const [name, text] of Object.entries(files)) await this.write(name, text);
    await install(this.folder);
  }

  #start(args: string[], { isPrinted = true, onTerminal = false } = {}): Command {
    const env = {
      PATH: [dirname(this.node), this.bin, process.env.PATH].join(delimiter),
      HOME: this.home,
      TMPDIR: join(this.root, 'tmp'),
      PULUMI_HOME: this.home,
      PULUMI_BACKEND_URL: `file://${join(this.root, 'state')}`,
      PULUMI_CONFIG_PASSPHRASE: 'correct horse',
      // Nothing is asked of Pulumi's service.
      PULUMI_SKIP_UPDATE_CHECK: 'true',
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
      PULUMI_SUPPRESS_NEO_LINK: 'true',
      ...this.#environment,
    };
    const pulumi = [join(this.bin, 'pulumi'), ...args, '--color', 'never'];
    const [program = '', ...rest] = onTerminal
      ? ['python3', '-c', TERMINAL, ...pulumi]
      : [...pulumi, '--non-interactive'];
    const command = new Command(program, rest, { cwd: this.folder, env });
    if (isPrinted) void command.ended.then(({ text }) => this.printed.push(text));
    return command;
  }
}

/** A terminal of a usual size around a program (https://docs.python.org/3/library/pty.html), which ends as the program does. */
const TERMINAL = `
import fcntl, os, pty, struct, sys, termios
def size():
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 50, 160, 0, 0))
os.environ['TERM'] = 'xterm'
pid, fd = pty.fork()
if pid == 0:
    size()
    os.execv(sys.argv[1], sys.argv[1:])
while True:
    try:
        text = os.read(fd, 65536)
    except OSError:
        break
    os.write(1, text)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

const NAME = 'town';
export const STACK = 'dev';
const AT_ONCE = ['--yes', '--skip-preview'];

export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly initErrors?: readonly string[];
}

interface Checkpoint {
  readonly checkpoint: { readonly latest?: { readonly resources?: readonly StateResource[] } };
}

async function filesIn(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  // What is being written goes as it comes.
  const texts = await Promise.all(files.map((file) => readFile(file, 'latin1').catch(() => undefined)));
  return new Map(
    files.flatMap((file, i) => (texts[i] === undefined ? [] : [[file.slice(folder.length + 1), texts[i]] as const])),
  );
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
