/** With a `go` that is a script, so that it takes no time. That the real one builds what works is what test/e2e/pulumi shows. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MissingPrerequisite } from '../../local-aws';
import { installPulumi } from '../../local-pulumi';

let folder: string;
let environment: NodeJS.ProcessEnv;
let said: string[];
const install = (signal?: AbortSignal) => installPulumi({ say: (line) => said.push(line), environment, signal });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-pulumi-'));
  said = [];
  await Promise.all(['bin', 'home'].map((name) => mkdir(join(folder, name))));
  environment = { PATH: join(folder, 'bin'), HOME: join(folder, 'home') };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(folder, 'bin', name), `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`);
  await chmod(join(folder, 'bin', name), 0o755);
}

/** Answers as Go does, notes what it was called with, and builds what `build` says. */
const go = (build: string, version = 'go1.26.8') =>
  program(
    'go',
    `if [ "$1 $2" = "env GOVERSION" ]; then echo ${version}; exit; fi
     if [ "$1" = env ]; then echo "$HOME/none"; exit; fi
     echo "$PWD $GOMODCACHE $GOCACHE" >> ${join(folder, 'builds')}
     while [ "$1" != -o ]; do shift; done
     ${build}`,
  );
const builds = async () => (await readFile(join(folder, 'builds'), 'utf8')).trim().split('\n');
const cache = () => readdir(join(folder, 'home/.cache/iot-device-batch'));

test('the `pulumi` on PATH is taken as it is', async () => {
  await program('pulumi', 'exit');

  expect(await install()).toBe(join(folder, 'bin'));
  expect(said).toEqual([]);
});

test('without one it is built, whole, and the next one finds it', async () => {
  await go('echo made > "$2"');

  const built = await install();

  expect((await readdir(built)).sort()).toEqual(['pulumi', 'pulumi-language-nodejs', 'pulumi-resource-pulumi-nodejs']);
  expect(said).toEqual([
    expect.stringContaining(`into ${built} (once, some minutes)`),
    expect.stringMatching(/^built .* in \d+ s$/),
  ]);
  expect(await install()).toBe(built);
  expect(await builds()).toHaveLength(2);
});

test('where there is no cache of Go, the one that it needs goes with the build', async () => {
  await go('mkdir -p "$GOMODCACHE" "$GOCACHE"; echo made > "$2"');

  const built = await install();

  for (const line of await builds())
    expect(line).toMatch(/ \S+\.unfinished-\w+\/go\/mod \S+\.unfinished-\w+\/go\/build$/);
  expect(await readdir(built)).not.toContain('go');
  expect(await readdir(join(folder, 'home'))).toEqual(['.cache']);
});

test('the caches of Go that the user has set are used', async () => {
  const set = { GOMODCACHE: join(folder, 'mod'), GOCACHE: join(folder, 'build') };
  environment = { ...environment, ...set };
  await program(
    'go',
    `case "$2" in GOVERSION) echo go1.26.8; exit;; GOMODCACHE) echo "$GOMODCACHE"; exit;; GOCACHE) echo "$GOCACHE"; exit;; esac
     echo "$PWD $GOMODCACHE $GOCACHE" >> ${join(folder, 'builds')}
     while [ "$1" != -o ]; do shift; done
     echo made > "$2"`,
  );

  await install();

  for (const line of await builds()) expect(line).toContain(` ${set.GOMODCACHE} ${set.GOCACHE}`);
});

test('of two at once only one builds, and says to the other what it waits for', async () => {
  await go('sleep 1; echo made > "$2"');

  const [one, other] = await Promise.all([install(), install()]);

  expect(one).toBe(other);
  expect(await builds()).toHaveLength(2);
  expect(said).toContainEqual(expect.stringMatching(/^waiting for another process/));
});

test('a build that fails shows what Go said and leaves nothing', async () => {
  await go('echo "missing go.sum entry" >&2; exit 1');

  await expect(install()).rejects.toThrow(/could not build the Pulumi CLI \(exit code 1\):\nmissing go\.sum entry/);
  expect(await cache()).toEqual([]);
});

test('given up, it stops building and waiting, and leaves nothing', async () => {
  await go('sleep 60');
  const controller = new AbortController();
  const both = [install(controller.signal), install(controller.signal)].map((one) =>
    expect(one).rejects.toThrow(/abort/i),
  );
  while (!said.some((line) => line.startsWith('waiting'))) await new Promise((resolve) => setTimeout(resolve, 20));

  controller.abort();

  await Promise.all(both);
  expect(await cache()).toEqual([]);
});

test('what killed builds have left is removed, their lock too', async () => {
  await go('echo made > "$2"');
  const built = await install();
  await rm(built, { recursive: true });
  await mkdir(`${built}.unfinished-abc`);
  await mkdir(`${built}.lock`);
  await utimes(`${built}.lock`, new Date(0), new Date(0));

  expect(await install()).toBe(built);
  expect(await cache()).toEqual([built.split('/').at(-1)]);
});

test.each([
  ['no `go`', undefined, /needs `pulumi`, or Go 1\.25\.11 or newer .* neither is on PATH: install Pulumi from/],
  ['a `go` that is too old', 'go1.25.10', /the `go` on PATH is go1\.25\.10/],
])('with %s it says what to install', async (_, version, words) => {
  if (version) await go('exit', version);

  const failure: unknown = await install().catch((thrown: unknown) => thrown);

  expect(failure).toBeInstanceOf(MissingPrerequisite);
  expect(String(failure)).toMatch(words);
});
