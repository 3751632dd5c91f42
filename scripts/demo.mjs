// `npm run demo`: the packages, if a fresh clone has none yet, then scripts/demo/main.ts. No dependencies.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

requireNode(20, 18);
await provide('installing the packages (npm ci)', existsSync(join(root, 'node_modules/.package-lock.json')), 'npm', [
  'ci',
]);

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'; // nothing that a demo should begin with
require('tsx/cjs/api').register();
require('./demo/main.ts');

function requireNode(major, minor) {
  const [actualMajor, actualMinor] = process.versions.node.split('.').map(Number);
  if (actualMajor > major || (actualMajor === major && actualMinor >= minor)) return;
  console.error(
    `the demo needs Node.js ${major}.${minor} or newer, and this is ${process.versions.node}: install it from https://nodejs.org`,
  );
  process.exit(1);
}

/** Runs what provides something, unless it is there; says so, and shows what was printed only if it fails. */
async function provide(what, isThere, command, args) {
  if (isThere) return;
  console.log(`▸ ${what}`);
  const started = performance.now();
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => printed.push(bytes));
  const pass = (signal) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, pass);
  const [code, signal] = await once(child, 'close');
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, pass);
  if (signal) process.exit(128 + constants.signals[signal]);
  if (code !== 0) {
    process.stderr.write(Buffer.concat(printed));
    process.exit(1);
  }
  console.log(`  ✓ ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}
