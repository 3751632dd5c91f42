import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { REPOSITORY, scratchFolder } from './folders';
import { MINISTACK, type Installation } from './install';
import { ProcessGroup } from './process-group';

export interface ServerSettings {
  readonly enforceIam: boolean;
  readonly waitScale: number;
  /** Puts a state in place before the start. */
  readonly prepare?: (state: StateFolders) => Promise<void>;
  /** Gives up the start. */
  readonly signal?: AbortSignal;
}

/** What MiniStack knows, written when it ends and read when it starts. */
export interface StateFolders {
  readonly state: string;
  readonly objects: string;
}

export interface Server {
  readonly url: string;
  readonly logFile: string;
  readonly state: StateFolders;
  readonly certificate?: { readonly path: string; readonly pem: string };
  /** Ends it, keeping its files: see `remove`. */
  end(): Promise<void>;
  remove(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const ATTEMPTS = 5;

/** One MiniStack with a scratch folder of its own, on a port that was free. */
export async function startServer(installation: Installation, settings: ServerSettings): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(installation, settings, await freePort());
    } catch (failure) {
      // Between asking for a free port and using it somebody else may have taken it.
      if (!(failure instanceof PortTaken) || attempt === ATTEMPTS) throw failure;
    }
  }
}

class PortTaken extends Error {}

async function launch(installation: Installation, settings: ServerSettings, port: number): Promise<Server> {
  const scratch = await scratchFolder();
  const folder = (name: string): string => join(scratch, name);
  const state = { state: folder('state'), objects: folder('s3') };
  const logFile = folder('ministack.log');
  let group: ProcessGroup | undefined;
  const end = async (): Promise<void> => group?.stop();
  const remove = (): Promise<void> => rm(scratch, { recursive: true, force: true });
  try {
    await Promise.all([state.state, state.objects, folder('home')].map((path) => mkdir(path)));
    await offerPackagesOfLambda(folder('tmp'));
    await settings.prepare?.(state);
    const scheme = settings.enforceIam ? 'https' : 'http';
    const log = openSync(logFile, 'a');
    group = ProcessGroup.start(installation.python, [join(MINISTACK, 'start.py')], {
      // Not this process's environment: every Lambda function would inherit it.
      env: {
        ...installation.environment,
        ...(settings.enforceIam && { AUTH: 'true', USE_SSL: '1' }),
        // The functions run the `node` on PATH: ours comes first.
        PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
        PYTHONDONTWRITEBYTECODE: '1',
        HOME: folder('home'),
        TMPDIR: folder('tmp'),
        BIND_HOST: '127.0.0.1',
        GATEWAY_PORT: String(port),
        IOT_MTLS_ENABLED: '0',
        PERSIST_STATE: '1',
        S3_PERSIST: '1',
        STATE_DIR: state.state,
        S3_DATA_DIR: state.objects,
        SFN_WAIT_SCALE: String(settings.waitScale),
      },
      // It watches its standard input and ends when we do: see start.py.
      stdio: ['pipe', log, log],
    });
    closeSync(log);
    // A certificate is made for the names `localhost` and 127.0.0.1.
    const url = `${scheme}://${settings.enforceIam ? 'localhost' : '127.0.0.1'}:${port}`;
    await ready(url, group, logFile, settings.signal);
    const path = join(folder('tmp'), 'ministack-tls', 'server.crt');
    const certificate = settings.enforceIam ? { path, pem: await readFile(path, 'utf8') } : undefined;
    return { url, logFile, state, end, remove, ...(certificate && { certificate }) };
  } catch (failure) {
    await end();
    await remove();
    throw failure;
  }
}

/**
 * Lambda's Node.js runtimes bring the AWS SDK, MiniStack's does not. The SDK's packages, and only those, are linked into
 * a parent folder of every function's code, where Node finds them.
 */
async function offerPackagesOfLambda(temporary: string): Promise<void> {
  const packages = join(temporary, 'node_modules');
  await mkdir(packages, { recursive: true });
  for (const scope of ['@aws-sdk', '@smithy']) {
    await symlink(join(REPOSITORY, 'node_modules', scope), join(packages, scope));
  }
}

async function ready(url: string, group: ProcessGroup, logFile: string, signal?: AbortSignal): Promise<void> {
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; await sleep(50)) {
    signal?.throwIfAborted();
    if (await isHealthy(url)) return;
    if (!group.isRunning) break;
  }
  const log = await readFile(logFile, 'utf8');
  if (log.includes('already in use')) throw new PortTaken();
  throw new Error(`the local AWS did not start; its last words: ${log.trim().split('\n').slice(-15).join('\n')}`);
}

function isHealthy(url: string): Promise<boolean> {
  const get = url.startsWith('https:') ? httpsGet : httpGet;
  return new Promise((resolve) => {
    // Its certificate is its own, and asking how it does needs no trust.
    const request = get(`${url}/_ministack/health`, { rejectUnauthorized: false, timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
