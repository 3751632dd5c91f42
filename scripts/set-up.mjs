// What a fresh clone needs before anything else can run. No dependencies.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** `npm` by the same Node that runs this, whatever is on the PATH. */
const npm = process.env.npm_execpath ? [process.execPath, [process.env.npm_execpath]] : ['npm', []];

/** Ends the process with a sentence if Node is too old. `what`: "the demo needs" */
export function requireNode(what) {
  const wanted = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node.replace('>=', '');
  if (compare(process.versions.node, wanted) >= 0) return;
  console.error(
    `${what} Node.js ${wanted} or newer, this is ${process.versions.node}: install it from https://nodejs.org`,
  );
  process.exit(1);
}

/** Installs the packages that the folder's lock file names, unless it has been done since the lock file changed. */
export async function installPackages({ cwd = root, what = 'the packages' } = {}) {
  const installed = modified(join(cwd, 'node_modules/.package-lock.json'));
  if (installed >= modified(join(cwd, 'package-lock.json'))) return;
  console.log(`▸ installing ${what} (npm ci)`);
  const started = performance.now();
  const [command, first] = npm;
  await run(command, [...first, 'ci', '--no-fund', '--no-audit', '--loglevel=error'], { cwd, quiet: true });
  console.log(`  ✓ ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}

/** Runs a command, in the clone by default; if it fails, this process ends as it did. `quiet`: shows its output only then. */
export async function run(command, args, { cwd = root, quiet = false } = {}) {
  const child = spawn(command, args, { cwd, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit' });
  const printed = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => printed.push(bytes));
  // The terminal sends Ctrl-C to both; this process only has to outlive the child.
  const pass = (signal) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, pass);
  const [code, signal] = await once(child, 'close');
  for (const each of ['SIGINT', 'SIGTERM']) process.off(each, pass);
  if (code === 0) return;
  process.stderr.write(Buffer.concat(printed));
  process.exit(signal ? 128 + constants.signals[signal] : code);
}

function compare(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  return left.map((part, i) => part - right[i]).find((difference) => difference !== 0) ?? 0;
}

function modified(file) {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}
