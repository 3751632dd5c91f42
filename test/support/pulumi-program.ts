import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Properties } from './pulumi-plugin';

const REPOSITORY = join(__dirname, '../..');

/** Makes a folder the folder of a Pulumi program that has the built package installed, by links. */
export async function linkPackages(folder: string, ...further: readonly string[]): Promise<void> {
  const packages = join(folder, 'node_modules');
  await mkdir(join(packages, '@pulumi'), { recursive: true });
  await symlink(REPOSITORY, join(packages, 'iot-device-batch'));
  for (const name of ['@pulumi/pulumi', ...further]) {
    await symlink(join(REPOSITORY, 'node_modules', name), join(packages, name));
  }
}

/** What a program asks the engine for: a resource's inputs, with the text of its provider. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly inputs: Properties;
}

/**
 * Runs a program (CommonJS) with nothing but the SDK, in the folder, and returns the custom resources that it registers. In a process
 * of its own, as Jest's modules are not those that a program has.
 */
export async function registered(folder: string, program: string): Promise<Registration[]> {
  await writeFile(join(folder, 'registered.cjs'), `${COLLECT}\n${program}`);
  const { stdout } = await promisify(execFile)(process.execPath, ['registered.cjs'], { cwd: folder });
  return JSON.parse(stdout.split(MARK)[1] ?? 'null') as Registration[];
}

const MARK = '--- registered ---';
const COLLECT = `
const seen = [];
require('@pulumi/pulumi').runtime.setMocks({
  newResource(each) {
    if (each.custom) seen.push({ type: each.type, name: each.name, inputs: each.inputs });
    return { id: each.name, state: each.inputs };
  },
  call: ({ inputs }) => inputs,
}, 'town', 'dev', false);
process.once('beforeExit', () => console.log(${JSON.stringify(MARK)} + JSON.stringify(seen)));
`;
