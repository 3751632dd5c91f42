// Builds the package: lib and emulator are compiled one to one; the handler becomes one file that the construct ships to
// Lambda, the command line another that needs no package of AWS to be installed. Fails on the first mistake, and leaves nothing of an earlier build behind.
import { execFile } from 'node:child_process';
import { chmod, readFile, readdir, rm, stat } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const started = performance.now();

await rm(dist, { recursive: true, force: true });
try {
  // One after the other: the compiler's mistakes come first, and undisturbed by the bundler's.
  await compile();
  await bundle('handler/index.ts', 'handler/index.js');
  await bundle('bin/iot-device-batch.ts', 'bin/iot-device-batch.js');
  await markExecutable();
} catch (error) {
  // A half-built package would be taken for a whole one.
  await rm(dist, { recursive: true, force: true });
  console.error(error.stdout || error.message);
  process.exit(1);
}
await report();

async function compile() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root });
}

/** The same sources give the same bytes, so that an unchanged handler is never deployed again. */
async function bundle(entry, output) {
  const { metafile } = await build({
    absWorkingDir: root, // paths in the output's comments are relative to it
    entryPoints: [entry],
    outfile: join(dist, output),
    bundle: true,
    platform: 'node',
    target: 'node20', // the oldest runtime that Lambda still runs, whatever is deployed
    format: 'cjs',
    mainFields: ['module', 'main'], // the ES modules of the AWS SDK can be tree-shaken
    minifyWhitespace: true, // half the bytes to load at each cold start
    minifySyntax: true,
    minifyIdentifiers: false, // stack traces stay readable
    treeShaking: true,
    legalComments: 'linked',
    metafile: true,
    logLevel: 'warning',
  });
  refuseExternals(output, metafile);
}

/** Lambda brings Node and nothing else that we may rely on. (What a newer Node has, undici asks for only where it is.) */
function refuseExternals(output, metafile) {
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const missing = imports
    .filter(({ external, path }) => external && !path.startsWith('node:') && !builtinModules.includes(path))
    .map(({ path }) => path);
  if (missing.length > 0) throw new Error(`${output} lacks ${[...new Set(missing)].join(', ')}`);
}

/** npm does it on installation; whoever runs the build's own output needs it as well. */
async function markExecutable() {
  const { bin } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  for (const file of Object.values(bin)) await chmod(join(root, file), 0o755);
}

async function report() {
  const files = await readdir(dist, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    files.filter((entry) => entry.isFile()).map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size),
  );
  const handler = (await stat(join(dist, 'handler/index.js'))).size;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`built dist in ${seconds} s: ${sizes.length} files, ${kB(sizes.reduce((sum, size) => sum + size, 0))}`);
  console.log(`  handler/index.js ${kB(handler)}`);
}

function kB(bytes) {
  return `${Math.ceil(bytes / 1000).toLocaleString('en')} kB`;
}
