import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../local-aws';
import type { Narrator } from './narrator';

const REPOSITORY = join(__dirname, '../..');
const SOURCES = ['lib', 'handler', 'emulator', 'bin'];

/** Builds the package, which the example imports, unless its last build is newer than all that goes into it. */
export async function buildIfNeeded(narrator: Narrator, signal: AbortSignal): Promise<void> {
  const built = await modifiedAt('dist/handler/index.js').catch(() => 0);
  if (built > (await latestChange())) return;
  const build = () => run(process.execPath, ['scripts/build.mjs'], { cwd: REPOSITORY, env: process.env, signal });
  await narrator.step('build the package', build, ({ code, stdout, stderr }) => {
    if (code !== 0) throw new Error(`the build failed:\n${stdout}\n${stderr}`);
    return '';
  });
}

async function latestChange(): Promise<number> {
  const files = await Promise.all(SOURCES.map(filesIn));
  return Math.max(...(await Promise.all(files.flat().map(modifiedAt))));
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(join(REPOSITORY, folder), { recursive: true });
  return entries.map((entry) => join(folder, entry));
}

const modifiedAt = async (path: string): Promise<number> => (await stat(join(REPOSITORY, path))).mtimeMs;
