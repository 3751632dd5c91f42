import type { LocalAws } from './aws';
import { bootstrappedState, copyState } from './bootstrap';
import { describeServer } from './describe';
import { installMinistack } from './install';
import { startServer } from './server';

export interface LocalAwsOptions {
  /** Refuses what a role's policies do not allow; over TLS. Needs `openssl`. @default false */
  readonly enforceIam?: boolean;
  /** How long Step Functions waits compared to what a state machine says; 1 is as on AWS. @default 0.05 */
  readonly waitScale?: number;
  /** Starts as the CDK CLI's `bootstrap` leaves an account. @default true */
  readonly bootstrapped?: boolean;
  /** Hears what takes long. @default silence */
  readonly say?: (line: string) => void;
  /** Gives up the start, at whatever point it is. */
  readonly signal?: AbortSignal;
}

/**
 * An AWS on this machine, installed at first use: CloudFormation, Lambda, Step Functions, S3, Secrets Manager, IAM,
 * CloudWatch Logs. Several can run side by side. Takes under a second once everything is in place.
 * @throws {MissingPrerequisite} without a Python that it can run on
 */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const { enforceIam = false, waitScale = 0.05, bootstrapped = true, say = () => undefined, signal } = options;
  const installation = await installMinistack(say, signal);
  const seed = bootstrapped ? await bootstrappedState(installation, say, signal) : undefined;
  const server = await startServer(installation, {
    enforceIam,
    waitScale,
    signal,
    ...(seed && { prepare: (state) => copyState(seed, state) }),
  });
  return {
    ...describeServer(server),
    logFile: server.logFile,
    stop: async () => {
      await server.end();
      await server.remove();
    },
  };
}
