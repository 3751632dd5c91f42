/** That the plugin tests speak to the plugin as the engine does: with a provider that does as it is told. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PartialFailure, PulumiPlugin, type Properties } from '../support/pulumi-plugin';
import { linkPackages, registered } from '../support/pulumi-program';

let folder: string;
let plugin: PulumiPlugin;
let inputs: Properties;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pulumi-plugin-'));
  await linkPackages(folder);
  const [resource] = await registered(folder, PROGRAM);
  inputs = resource!.inputs;
  plugin = await PulumiPlugin.start(folder, { environment: { PATH: process.env.PATH }, config: { greeting: 'moin' } });
});
afterAll(async () => {
  await plugin?.end();
  await rm(folder, { recursive: true, force: true });
});

const PROGRAM = `
const pulumi = require('@pulumi/pulumi');
const provider = {
  configure: async ({ config }) => { globalThis.greeting = config.get('greeting'); },
  check: async (olds, news) => ({ inputs: news, failures: news.count > 9 ? [{ property: 'count', reason: 'too many' }] : [] }),
  diff: async (id, olds, news) => ({ changes: olds.count !== news.count, replaces: olds.kind !== news.kind ? ['kind'] : [] }),
  create: async (news) => {
    console.log('creates ' + news.count);
    if (news.count === 7) throw Object.assign(new Error('half'), { id: 'half', properties: { made: 3 }, reasons: ['four are missing'] });
    if (news.count === 0) throw new Error('nothing to create');
    return { id: 'whole', outs: { made: news.count, greeting: globalThis.greeting, cwd: process.cwd(), engine: process.argv.at(-1) } };
  },
  read: async (id, outs) => (outs.made > 5 ? { id, props: { made: 5 } } : {}),
  update: async (id, olds, news) => ({ outs: { made: news.count, was: olds.made } }),
  delete: async (id) => { console.log('deletes ' + id); },
};
class Thing extends pulumi.dynamic.Resource {
  constructor(name, args) { super(provider, name, args, {}, 'town', 'Thing'); }
}
new Thing('lights', { count: 3 });
`;

test('a program registers its resource with the text of its provider', () => {
  expect(inputs).toEqual({ count: 3, __provider: expect.stringContaining('exports.handler') as string });
});

test('it creates in the folder of the program, with the configuration, and tells the engine what it prints', async () => {
  const { id, outputs } = await plugin.create(inputs);

  expect(id).toBe('whole');
  expect(outputs).toMatchObject({
    made: 3,
    greeting: 'moin',
    engine: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
  });
  expect(outputs.cwd).toContain('pulumi-plugin-');
  await plugin.untilSaid('creates 3');
});

test('check and diff answer', async () => {
  expect((await plugin.check(inputs)).failures).toEqual([]);
  expect((await plugin.check({ ...inputs, count: 10 })).failures).toEqual(['count: too many']);
  const olds = { ...inputs, kind: 'a' };
  expect(await plugin.diff('whole', olds, olds)).toEqual({ changes: false, replaces: [], deleteBeforeReplace: false });
  expect(await plugin.diff('whole', olds, { ...olds, count: 4, kind: 'b' })).toMatchObject({
    changes: true,
    replaces: ['kind'],
  });
});

test('update, read and delete answer', async () => {
  expect(await plugin.update('whole', { ...inputs, made: 3 }, { ...inputs, count: 4 })).toMatchObject({
    made: 4,
    was: 3,
  });
  expect(await plugin.read('whole', { ...inputs, made: 6 })).toMatchObject({ id: 'whole', outputs: { made: 5 } });
  expect(await plugin.read('whole', { ...inputs, made: 5 })).toMatchObject({ id: '' });
  await plugin.delete('whole', inputs);
  await plugin.untilSaid('deletes whole');
});

test('a failure is told with its message, a partial one with what there is', async () => {
  await expect(plugin.create({ ...inputs, count: 0 })).rejects.toThrow('nothing to create');
  const failure: unknown = await plugin.create({ ...inputs, count: 7 }).catch((thrown: unknown) => thrown);
  expect(failure).toBeInstanceOf(PartialFailure);
  expect(failure).toMatchObject({ id: 'half', properties: { made: 3 }, reasons: ['four are missing'] });
});
