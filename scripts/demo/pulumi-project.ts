import { cp, mkdir, symlink } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { run, type RunOptions, type RunResult } from '../../local-aws/run';
import { installPulumi } from '../../local-pulumi';
import type { Narrator } from './narrator';
import { scenes } from './scenes';
import type { Stage } from './stage';

const REPOSITORY = join(__dirname, '../..');

/** The scene's example as it is, with a stack whose state is a file. */
export class PulumiProject {
  static async open(stage: Stage, narrator: Narrator, options: Omit<RunOptions, 'env' | 'cwd'>) {
    const bin = await narrator.step('look for a Pulumi CLI', () =>
      installPulumi({ say: (line) => narrator.quote(line), signal: options.signal }),
    );
    const project = new PulumiProject(stage, bin, options);
    await project.#furnish();
    return project;
  }

  private constructor(
    private readonly stage: Stage,
    private readonly bin: string,
    private readonly options: Omit<RunOptions, 'env' | 'cwd'>,
  ) {}

  get folder(): string {
    return join(this.stage.folder, scenes[this.stage.scene].example);
  }

  /** What the CLI is given, beside what this process has. */
  get environment(): Record<string, string> {
    const { scene, cloud, folder } = this.stage;
    return {
      PATH: [dirname(process.execPath), this.bin, process.env.PATH].join(delimiter),
      PULUMI_HOME: join(folder, 'home'),
      TMPDIR: join(folder, 'tmp'), // it leaves things there
      PULUMI_BACKEND_URL: `file://${join(folder, 'state')}`,
      PULUMI_CONFIG_PASSPHRASE: 'demo',
      PULUMI_SKIP_UPDATE_CHECK: 'true',
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
      PULUMI_SUPPRESS_NEO_LINK: 'true',
      ...scenes[scene].variables(cloud),
    };
  }

  /** A stack of the example with these settings, beside the others. */
  async init(stack: string, settings: Readonly<Record<string, string>>): Promise<void> {
    await this.succeed('stack', 'init', stack);
    const all = { ...scenes[this.stage.scene].config(this.stage.cloud), ...settings };
    const pairs = Object.entries(all).flatMap(([name, value]) => ['--plaintext', `${name}=${value}`]);
    await this.succeed('config', 'set-all', ...pairs);
  }

  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.succeed('stack', 'output', '--json')) as Record<string, unknown>;
  }

  async succeed(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#run(args);
    if (code !== 0) throw new Error(`pulumi ${args.join(' ')} failed:\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** A command that takes its time, and is heard while it runs. */
  execute(command: 'up' | 'destroy', stack: string): Promise<RunResult> {
    return this.#run([command, '--stack', stack, '--yes', '--skip-preview'], this.options);
  }

  #run(args: readonly string[], options: Omit<RunOptions, 'env' | 'cwd'> = { signal: this.options.signal }) {
    const env = { ...process.env, ...this.environment };
    const flags = ['--non-interactive', '--color', 'never'];
    // Its providers have process groups of their own, and end in order only if it does.
    return run(join(this.bin, 'pulumi'), [...args, ...flags], { ...options, cwd: this.folder, env, graceMs: 60_000 });
  }

  async #furnish(): Promise<void> {
    const { folder } = this;
    const source = join(REPOSITORY, 'examples/pulumi', scenes[this.stage.scene].example);
    await cp(source, folder, { recursive: true, filter: (path) => !path.includes('node_modules') });
    await Promise.all(['home', 'state', 'tmp'].map((name) => mkdir(join(this.stage.folder, name))));
    await mkdir(join(folder, 'node_modules/@pulumi'), { recursive: true });
    await symlink(REPOSITORY, join(folder, 'node_modules/iot-device-batch'));
    for (const name of ['@pulumi/pulumi', 'typescript']) {
      await symlink(join(REPOSITORY, 'node_modules', name), join(folder, 'node_modules', name));
    }
  }
}
