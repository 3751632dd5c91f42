import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mergeScriptCovs } from '@bcoe/v8-coverage';
import type { FileCoverageData } from 'istanbul-lib-coverage';
import v8ToIstanbul from 'v8-to-istanbul';

const root = resolve(__dirname, '../../..');

/** What the lives are about. */
const FOLDERS = ['lib/batch', 'lib/clouds', 'lib/pulumi', 'handler'];

export interface BranchesHit {
  folder: string;
  hit: number;
  all: number;
  /** Lines at which a branch begins that no life has taken, as `file:line`. */
  missed: string[];
}

/**
 * Which branches of the sources the workers have run through, by what Node has written at their end into a folder (`NODE_V8_COVERAGE`).
 * Branches are those that V8 tells of: a block that is not run whenever what surrounds it is.
 */
export async function branchesHit(folder: string, worker: string): Promise<BranchesHit[]> {
  const runs = existsSync(folder) ? readdirSync(folder).flatMap((file) => ofWorker(join(folder, file), worker)) : [];
  const all = mergeScriptCovs(runs);
  const files = all ? await onSources(worker, all.functions) : [];
  return FOLDERS.map((part) => {
    const branches = files.filter(({ path }) => relative(root, path).startsWith(`${part}/`)).flatMap(branchesOf);
    const missed = branches.filter(({ count }) => count === 0).map(({ place }) => place);
    return { folder: part, hit: branches.length - missed.length, all: branches.length, missed: missed.sort() };
  });
}

function ofWorker(file: string, worker: string): Profiler.ScriptCoverage[] {
  const { result } = JSON.parse(readFileSync(file, 'utf8')) as { result: Profiler.ScriptCoverage[] };
  return result.filter(({ url }) => url.startsWith('file:') && fileURLToPath(url) === worker);
}

async function onSources(worker: string, functions: Profiler.FunctionCoverage[]): Promise<FileCoverageData[]> {
  const converter = v8ToIstanbul(worker, 0, undefined, (path) => path.includes('node_modules'));
  await converter.load();
  converter.applyCoverage(functions);
  const files = Object.values(converter.toIstanbul());
  converter.destroy();
  return files;
}

function branchesOf({ path, branchMap, b }: FileCoverageData): { place: string; count: number }[] {
  return Object.entries(branchMap).map(([id, { loc }]) => {
    return { place: `${relative(root, path)}:${loc.start.line}`, count: Math.max(0, ...(b[id] ?? [])) };
  });
}
