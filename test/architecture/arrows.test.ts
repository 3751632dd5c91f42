import { execFileSync } from 'node:child_process';
import { dirname, join, relative, resolve } from 'node:path';
import { closureOf, loadedWith, importsOf, sourcesIn } from './imports';

const root = resolve(__dirname, '../..');

/** Who may import whom (ARCHITECTURE.md). What is not named here, nobody may import. */
const MAY: Record<string, string[]> = {
  'lib/batch/contract': [],
  'lib/batch': ['lib/batch/contract'],
  'lib/clouds': ['lib/batch', 'lib/batch/contract', 'limits'],
  'lib/stores': ['lib/batch', 'lib/batch/contract'],
  'lib/cdk': ['lib/batch/contract', 'limits'],
  'lib/pulumi': ['lib/batch', 'lib/batch/contract', 'lib/clouds', 'lib/stores', 'limits'],
  handler: ['lib/batch', 'lib/batch/contract', 'lib/clouds', 'lib/stores', 'limits'],
  emulator: [],
  bin: ['emulator', 'handler', 'lib/batch', 'lib/batch/contract', 'lib/clouds', 'lib/stores', 'limits'],
};

/** A file of each part, for others to import. */
const EXAMPLES: Record<string, string> = {
  'lib/batch/contract': 'lib/batch/contract/device-names.ts',
  'lib/batch': 'lib/batch/reconcile.ts',
  'lib/clouds': 'lib/clouds/aliyun/client.ts',
  limits: 'lib/clouds/aliyun/limits.ts',
  'lib/stores': 'lib/stores/file-store.ts',
  'lib/cdk': 'lib/cdk/device-batch.ts',
  'lib/pulumi': 'lib/pulumi/provider.ts',
  handler: 'handler/on-event.ts',
  emulator: 'emulator/server.ts',
  bin: 'bin/iot-device-batch.ts',
  test: 'test/support/world.ts',
  bench: 'bench/index.ts',
  examples: 'examples/cdk/street-lights/app.ts',
};

/** Packages that only some parts may know. */
const PACKAGES: Record<string, string[]> = {
  'aws-cdk-lib/aws-s3': ['lib/cdk'],
  constructs: ['lib/cdk'],
  undici: ['lib/clouds'],
  '@pulumi/pulumi': ['lib/pulumi'],
  '@aws-sdk/client-s3': ['handler', 'bin', 'lib/stores'],
};

const parts = Object.keys(MAY);

/** The part that a file belongs to. The clouds' limits are plain data, and the contract's error is part of the contract. */
function partOf(file: string): string {
  if (/^lib\/clouds\/([a-z]+\/)?limits\.ts$/.test(file)) return 'limits';
  if (file === 'lib/batch/errors.ts' || file.startsWith('lib/batch/contract/')) return 'lib/batch/contract';
  return file
    .split('/')
    .slice(0, file.startsWith('lib/') ? 2 : 1)
    .join('/');
}

function mayImport(from: string, to: string): boolean {
  return from === to || MAY[from]?.includes(to) === true;
}

describe('the imports of each part', () => {
  test.each(parts)('of %s go where they may', (part) => {
    const astray = sourcesIn(part)
      .filter((file) => partOf(file) === part)
      .flatMap((file) => importsOf(file).files.map((imported) => ({ file, imported })))
      .filter(({ imported }) => !mayImport(part, partOf(imported)));
    expect(astray).toEqual([]);
  });

  test('are looked at in every folder of lib', () => {
    const all = new Set(sourcesIn('lib').map(partOf));
    expect([...all].sort()).toEqual(
      [...parts.filter((part) => part.startsWith('lib/')), 'lib/index.ts', 'limits'].sort(),
    );
    expect(importsOf('lib/index.ts')).toEqual({ files: ['lib/cdk/index.ts'], packages: [] });
  });

  test('of the construct, followed to their end, load no engine, no client and no package but its peers', () => {
    const { files, packages } = closureOf('lib/index.ts');
    expect(files).toContain('lib/batch/contract/options.ts');
    expect(files).not.toContain('lib/batch/contract/parse-options.ts');
    expect(new Set(files.map(partOf))).toEqual(new Set(['lib/index.ts', 'lib/cdk', 'lib/batch/contract', 'limits']));
    expect(packages.sort()).toEqual(['aws-cdk-lib', 'constructs', 'node']);
  });

  test('of the twin load nothing of AWS, and its provider no SDK of Pulumi, before either is used', () => {
    const foreign = (entry: string) => loadedWith(entry).packages.filter((name) => /^(@|aws|constructs)/.test(name));
    expect(loadedWith('lib/pulumi/provider.ts').packages).toContain('undici');
    expect(foreign('lib/pulumi/provider.ts')).toEqual([]);
    expect(foreign('lib/pulumi/index.ts')).toEqual(['@pulumi/pulumi']);
  });

  test('of the emulator, followed to their end, share nothing with the client that it tests', () => {
    const { files, packages } = closureOf('emulator/index.ts');
    expect(new Set(files.map(partOf))).toEqual(new Set(['emulator']));
    expect(packages).toContain('node');
    expect(packages.filter((name) => name === 'undici' || name.startsWith('@'))).toEqual([]);
  });
});

/** What ESLint asks for; the package itself runs on somewhat older ones (CONTRIBUTING.md). */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const withLinter = major > 20 || minor >= 19 ? describe : describe.skip;

withLinter('the linter', () => {
  const arrows = parts.flatMap((from) =>
    foldersOf(from).flatMap((folder) => [
      ...Object.entries(EXAMPLES).map(([to, file]) => ({
        arrow: `${folder} → ${to}`,
        filePath: join(folder, 'imaginary.ts'),
        source: importing(relativeImport(folder, file)),
        allowed: mayImport(from, to),
      })),
      ...Object.entries(PACKAGES).map(([name, knownTo]) => ({
        arrow: `${folder} → ${name}`,
        filePath: join(folder, 'imaginary.ts'),
        source: importing(name),
        allowed: knownTo.includes(from),
      })),
    ]),
  );

  test('refuses every arrow that is not allowed, and none that is, at any depth', () => {
    const refused = lint(arrows);
    const wrong = arrows.filter(({ allowed }, i) => refused[i] === allowed).map(({ arrow }) => arrow);
    expect(arrows.some(({ allowed }) => allowed)).toBe(true);
    expect(wrong).toEqual([]);
  });

  test.each([
    ['a type', "import type { Reconciler } from '../batch/reconcile';"],
    ['what is exported on', "export * from '../batch/reconcile';"],
    ['what is imported for its effect', "import '../batch/reconcile';"],
    ['the whole contract, with its parser', "export * from '../batch/contract';"],
    ['the parser of the contract', "export * from '../batch/contract/parse-options';"],
    ['a client', "export * from '../clouds/aliyun';"],
    ['all clients', "export * from '../clouds/registry';"],
  ])('refuses %s in the construct', (_, source) => {
    expect(lint([{ filePath: 'lib/cdk/imaginary.ts', source }])).toEqual([true]);
  });

  test('lets the construct import the files of the contract and the limits', () => {
    const source = "export * from '../batch/contract/options'; export * from '../clouds/limits';";
    expect(lint([{ filePath: 'lib/cdk/imaginary.ts', source }])).toEqual([false]);
  });
});

/** The folder of a part, and one within it; the contract is flat. */
function foldersOf(part: string): string[] {
  return part === 'lib/batch/contract' ? [part] : [part, join(part, 'deep/er')];
}

interface Source {
  filePath: string;
  source: string;
}

/** For each source whether the linter refuses its imports. */
function lint(sources: readonly Source[]): boolean[] {
  const script = join(__dirname, 'lint.mjs');
  const input = JSON.stringify(sources.map(({ filePath, source }) => ({ filePath, source })));
  return JSON.parse(execFileSync(process.execPath, [script], { cwd: root, input, encoding: 'utf8' })) as boolean[];
}

function importing(name: string): string {
  return `import * as it from '${name}';\nexport { it };\n`;
}

function relativeImport(folder: string, file: string): string {
  const path = relative(folder, join(dirname(file), file.split('/').at(-1)!.replace(/\.ts$/, '')));
  return path.startsWith('.') ? path : `./${path}`;
}
