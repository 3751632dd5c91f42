/**
 * What the design of the Pulumi resource rests on, seen with the real CLI and a provider that only waits: state is written when a
 * method returns, and a provider can outlive the CLI that started it.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canFindProcesses } from '../harness/processes';
import { isAlive, until } from '../harness/until';
import { succeeded } from './harness/command';
import { Project } from './harness/project';

jest.setTimeout(180_000);

const PROGRAM = `
const { dynamic } = require('@pulumi/pulumi');
const provider = {
  async create({ waitFor }) {
    const { appendFileSync, existsSync } = require('node:fs');
    appendFileSync('created', '.');
    while (!existsSync(waitFor)) await new Promise((resolve) => setTimeout(resolve, 50));
    return { id: 'one', outs: { waitFor } };
  },
};
class Waiting extends dynamic.Resource {
  constructor(name, args) { super(provider, name, args, {}, 'town', 'DeviceBatch'); }
}
exports.waited = new Waiting('waiting', { waitFor: 'go-on' }).waitFor;
`;

let project: Project;
const file = (name: string) => join(project.folder, name);
const goOn = () => writeFile(file('go-on'), '');

beforeEach(async () => (project = await Project.open({ files: { 'index.js': PROGRAM } })));
afterEach(() => project?.close());

test('it deploys to a state in a file, and destroys', async () => {
  await goOn();

  expect(succeeded(await project.up()).text).toContain('+ 2 created');
  expect(await project.outputs()).toEqual({ waited: 'go-on' });
  expect((await project.resources()).map(({ id }) => id)).toEqual(['one']);
  succeeded(await project.destroy());
  expect(await project.resources()).toEqual([]);
});

const onLinux = canFindProcesses ? test : test.skip;

onLinux(
  'a first Ctrl-C waits for the create that runs, a second ends it in the middle, with no trace in the state',
  async () => {
    const up = project.startUp();
    await until(() => existsSync(file('created')), 60);
    up.interrupt();
    await until(() => up.text.includes('cancelling') || up.text.includes('Cancel'), 60);
    const [provider] = await project.providers();
    expect(isAlive(provider!)).toBe(true);
    up.interrupt();

    expect((await up.ended).code).not.toBe(0);
    await until(() => !isAlive(provider!));
    expect(await project.resources()).toEqual([]);
    expect(await project.stateText()).toContain('"creating"');
  },
);

onLinux('killed, the CLI leaves its provider alive', async () => {
  const up = project.startUp();
  await until(() => existsSync(file('created')), 60);
  up.kill();

  expect(await up.ended).toMatchObject({ code: null });
  const [provider] = await project.providers();
  expect(isAlive(provider!)).toBe(true);
  expect(await project.resources()).toEqual([]);

  await project.close();
  await until(() => !isAlive(provider!));
});
