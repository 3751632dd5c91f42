// `npm run check:jsii`: whether the construct could be published for Python, Java, .NET and Go. Compiles what `lib/index.ts`
// imports with jsii, as a package that knows nothing but its peers, and prints the API that all these languages would get.
import { rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { installPackages, requireNode, root, run } from './set-up.mjs';

const peers = ['aws-cdk-lib', 'constructs'];

requireNode('checking the API needs');
await installPackages();
const scratch = await mkdtemp(join(tmpdir(), 'iot-device-batch-jsii-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
await copySources();
await describePackage();
await linkPackages();
await compile();
report(JSON.parse(await readFile(join(scratch, '.jsii'), 'utf8')));

/** The entry and all that it imports, types included. */
async function copySources() {
  const program = ts.createProgram([join(root, 'lib/index.ts')], {
    types: [],
    moduleResolution: ts.ModuleResolutionKind.Node16,
    module: ts.ModuleKind.Node16,
  });
  const files = program.getSourceFiles().map(({ fileName }) => relative(root, fileName));
  for (const file of files.filter((each) => each.startsWith('lib/'))) {
    await mkdir(dirname(join(scratch, file)), { recursive: true });
    await cp(join(root, file), join(scratch, file));
  }
}

async function describePackage() {
  const { name, version, description, license, engines, peerDependencies } = await readJson('package.json');
  await writeJson('package.json', {
    name,
    version,
    description,
    license,
    author: { name, organization: true },
    repository: { type: 'git', url: `https://example.com/${name}.git` },
    main: 'lib/index.js',
    types: 'lib/index.d.ts',
    engines,
    // The twin's peer is no part of this API.
    peerDependencies: Object.fromEntries(peers.map((peer) => [peer, peerDependencies[peer]])),
    devDependencies: Object.fromEntries(peers.map((peer) => [peer, peerDependencies[peer].replace('^', '')])),
    jsii: {
      outdir: 'dist',
      // Names for each language, so that jsii looks for what they cannot say.
      targets: {
        python: { distName: name, module: name.replaceAll('-', '_') },
        java: { package: 'iotdevicebatch', maven: { groupId: 'iotdevicebatch', artifactId: name } },
        dotnet: { namespace: 'IotDeviceBatch', packageId: 'IotDeviceBatch' },
        go: { moduleName: `example.com/${name}` },
      },
    },
  });
  await writeFile(join(scratch, 'README.md'), description);
}

/** The peers, and what the compiler must know of Node.js. Importing anything else is an error. */
async function linkPackages() {
  for (const name of [...peers, '@types/node']) {
    const link = join(scratch, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(root, 'node_modules', name), link, 'dir');
  }
}

async function compile() {
  const jsii = join(root, 'node_modules/jsii/bin/jsii');
  await run(process.execPath, [jsii, '--fail-on-warnings'], { cwd: scratch, quiet: true });
}

function report({ types, jsiiVersion }) {
  const all = Object.values(types);
  // jsii would take them, but most of its languages can only say "any object" of them.
  const vague = all.filter((type) => /"union":|"primitive":"(any|json)"/.test(JSON.stringify(type)));
  if (vague.length > 0) throw new Error(`unions or any in ${vague.map(({ name }) => name).join(', ')}`);
  console.log(`jsii ${jsiiVersion.split(' ')[0]} takes the API: ${all.length} types`);
  for (const { kind, name, datatype, members = [], properties = [], methods = [] } of all) {
    const names = [...members, ...properties]
      .map((member) => member.name)
      .concat(methods.map((method) => `${method.name}()`));
    console.log(`  ${datatype ? 'struct' : kind} ${name}: ${names.join(', ')}`);
  }
}

async function readJson(file) {
  return JSON.parse(await readFile(join(root, file), 'utf8'));
}

async function writeJson(file, content) {
  await writeFile(join(scratch, file), JSON.stringify(content, null, 2));
}
