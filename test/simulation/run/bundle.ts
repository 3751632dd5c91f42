import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = resolve(__dirname, '../../..');

/** A change of one place in one file of the source. */
export interface SourceChange {
  /** Relative to the package. */
  file: string;
  from: string;
  to: string;
}

/**
 * Makes one file of the worker, and of all that it runs, optionally with a changed source. The source itself is not touched.
 * @throws Error if what is to be changed is not there, or not once.
 */
export async function bundleWorker(outfile: string, change?: SourceChange): Promise<string> {
  await build({
    absWorkingDir: root,
    entryPoints: ['test/simulation/run/worker.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: 'inline',
    logLevel: 'warning',
    plugins: change ? [changing(change)] : [],
  });
  return outfile;
}

function changing({ file, from, to }: SourceChange): Plugin {
  const path = join(root, file);
  const source = readFileSync(path, 'utf8');
  if (source.split(from).length !== 2) throw new Error(`${file} does not have exactly one "${from}" any more`);
  const contents = source.replace(from, () => to);
  return {
    name: 'source change',
    setup: (builder) => {
      builder.onLoad({ filter: /\.ts$/ }, ({ path: loaded }) =>
        loaded === path ? { contents, loader: 'ts' } : undefined,
      );
    },
  };
}
