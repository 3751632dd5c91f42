import { readFile, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { Aws } from './aws';
import { scratchFolder } from './folders';
import { run, type RunOptions, type RunResult } from './run';

export interface CdkOptions extends Omit<RunOptions, 'env'> {
  /** The folder of the app: its cdk.json applies. */
  readonly cwd: string;
  /** The command that synthesizes, or the folder of an assembly, which saves some seconds. @default that of cdk.json */
  readonly app?: string;
  /** Where the assembly is written. @default cdk.out beside the app; two runs at once need one each */
  readonly output?: string;
  /** Further variables for the CLI and the app. Nothing of this process's environment but PATH reaches them. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Outputs by stack and name, as `--outputs-file` has them. */
export type StackOutputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The CDK CLI ended otherwise than well; its message is all that the CLI printed. */
export class CdkFailed extends Error {
  readonly code = 'CdkFailed';
  constructor(
    command: string,
    readonly result: RunResult,
  ) {
    super(`cdk ${command} ended with ${result.code ?? 'a signal'}:\n${result.stdout}\n${result.stderr}`);
  }
}

/**
 * `cdk deploy`, answering the stacks' outputs.
 * @throws {CdkFailed}
 */
export async function deploy(aws: Aws, stacks: readonly string[], options: CdkOptions): Promise<StackOutputs> {
  return withScratch(async (scratch) => {
    const outputs = join(scratch, 'outputs.json');
    await succeed(aws, ['deploy', ...all(stacks), '--require-approval', 'never', '--outputs-file', outputs], options);
    return JSON.parse(await readFile(outputs, 'utf8').catch(() => '{}')) as StackOutputs;
  });
}

/**
 * `cdk destroy`.
 * @throws {CdkFailed}
 */
export async function destroy(aws: Aws, stacks: readonly string[], options: CdkOptions): Promise<void> {
  await succeed(aws, ['destroy', ...all(stacks), '--force'], options);
}

const all = (stacks: readonly string[]): readonly string[] => (stacks.length > 0 ? stacks : ['--all']);

async function succeed(aws: Aws, args: readonly string[], options: CdkOptions): Promise<void> {
  const result = await cdk(aws, args, options);
  if (result.code !== 0) throw new CdkFailed(args[0]!, result);
}

const CLI = require.resolve('aws-cdk/bin/cdk');

/**
 * Runs the CDK CLI of this repository against an AWS, whatever the user's own AWS settings are. If `signal` ends it, what
 * CloudFormation was doing goes on.
 */
export function cdk(aws: Aws, args: readonly string[], options: CdkOptions): Promise<RunResult> {
  const { app, output, env, ...others } = options;
  const settings = [...(app ? ['--app', app] : []), ...(output ? ['--output', output] : [])];
  return withScratch((home) =>
    run(process.execPath, [CLI, ...args, ...settings, '--no-notices', '--no-version-reporting'], {
      ...others,
      env: {
        PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
        HOME: home,
        CDK_HOME: home,
        CI: '1',
        NO_COLOR: '1',
        CDK_DISABLE_VERSION_CHECK: '1',
        CDK_DISABLE_CLI_TELEMETRY: '1',
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        ...aws.environment,
        ...env,
      },
    }),
  );
}

async function withScratch<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await scratchFolder();
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
