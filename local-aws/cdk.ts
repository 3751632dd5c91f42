import { readFile, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Aws } from './aws';
import { scratchFolder } from './folders';
import { ProcessGroup } from './process-group';

export interface CdkOptions {
  /** The folder of the app: its cdk.json applies. */
  readonly cwd: string;
  /** The command that synthesizes, or the folder of an assembly, which saves some seconds. @default that of cdk.json */
  readonly app?: string;
  /** Where the assembly is written. @default cdk.out beside the app; two runs at once need one each */
  readonly output?: string;
  /** Further variables for the CLI and the app. Nothing of this process's environment but PATH reaches them. */
  readonly env?: Readonly<Record<string, string>>;
  /** Hears each line as it is printed. */
  readonly onLine?: (line: string) => void;
  /** Ends the CLI, and with it what it started. The stack goes on. */
  readonly signal?: AbortSignal;
}

export interface CdkResult {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Outputs by stack and name, as `--outputs-file` has them. */
export type StackOutputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The CDK CLI ended otherwise than well; its message is all that the CLI printed. */
export class CdkFailed extends Error {
  readonly code = 'CdkFailed';
  constructor(
    command: string,
    readonly result: CdkResult,
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

/** Runs the CDK CLI of this repository against an AWS, whatever the user's own AWS settings are. */
export function cdk(aws: Aws, args: readonly string[], options: CdkOptions): Promise<CdkResult> {
  return withScratch(async (home) => {
    const { app, output, onLine, signal } = options;
    const settings = [...(app ? ['--app', app] : []), ...(output ? ['--output', output] : [])];
    signal?.throwIfAborted();
    const group = ProcessGroup.start(
      process.execPath,
      [CLI, ...args, ...settings, '--no-notices', '--no-version-reporting'],
      {
        cwd: options.cwd,
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
          ...options.env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const abort = (): void => void group.stop();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      // What the CLI leaves behind would hold the pipes open.
      const ended = group.exited.finally(() => group.stop());
      const printed = [group.process.stdout!, group.process.stderr!].map((stream) => lines(stream, onLine));
      const [stdout = '', stderr = ''] = await Promise.all(printed);
      return { code: (await ended).code, stdout, stderr };
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  });
}

async function lines(stream: Readable, onLine?: (line: string) => void): Promise<string> {
  const read: string[] = [];
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    read.push(line);
    onLine?.(line);
  }
  return read.join('\n');
}

async function withScratch<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await scratchFolder();
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
