import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cp, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cdk, CdkFailed } from './cdk';
import { KEPT, makeOnce } from './folders';
import { MINISTACK, type Installation } from './install';
import { describeServer } from './describe';
import { startServer, type StateFolders } from './server';

/**
 * The state of a local AWS that `cdk bootstrap` has seen. Made once and copied from then on: it takes ten seconds, and
 * each test suite starts an AWS of its own.
 */
export async function bootstrappedState(
  installation: Installation,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<StateFolders> {
  const folder = join(KEPT, `bootstrapped-${await fingerprint()}`);
  await makeOnce(folder, async (unfinished) => {
    say('bootstrapping the local AWS for the CDK (once)');
    const server = await startServer(installation, { enforceIam: false, waitScale: 0.05, signal });
    try {
      const aws = describeServer(server);
      const result = await cdk(aws, ['bootstrap', `aws://${aws.account}/${aws.region}`], { cwd: unfinished, signal });
      if (result.code !== 0) throw new CdkFailed('bootstrap', result);
      await server.end();
      await copyState(server.state, stateIn(unfinished));
    } finally {
      await server.end();
      await server.remove();
    }
  });
  return stateIn(folder);
}

export async function copyState(from: StateFolders, to: StateFolders): Promise<void> {
  await cp(from.state, to.state, { recursive: true });
  await cp(from.objects, to.objects, { recursive: true });
}

const stateIn = (folder: string): StateFolders => ({ state: join(folder, 'state'), objects: join(folder, 's3') });

/** Whatever could make the state another one: the versions of the CDK CLI and of MiniStack, and our mends. */
async function fingerprint(): Promise<string> {
  const hash = createHash('sha256').update(cliVersion());
  for (const file of (await readdir(MINISTACK, { recursive: true })).sort()) {
    if (/\.(py|txt)$/.test(file)) hash.update(file).update(await readFile(join(MINISTACK, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

const cliVersion = (): string =>
  (JSON.parse(readFileSync(require.resolve('aws-cdk/package.json'), 'utf8')) as { version: string }).version;
