/** Each example of examples/pulumi does what its README says. */
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../../../local-aws/folders';
import { linkPackages } from '../../support/pulumi-program';
import { aliyun, certificates } from '../../support/tested-clouds';
import { succeeded } from './harness/command';
import { Town } from './harness/town';

jest.setTimeout(180_000);

const EXAMPLES = join(REPOSITORY, 'examples/pulumi');
const examples = [
  { example: 'street-lights', cloud: aliyun, prefix: 'light-', count: 500 },
  { example: 'water-meters', cloud: certificates, prefix: 'meter-', count: 250 },
];

test('no example is without a test', async () => {
  expect((await readdir(EXAMPLES)).sort()).toEqual(examples.map(({ example }) => example).sort());
});

test.each(examples)('$example', async ({ example, cloud, prefix, count }) => {
  const town = await Town.open(cloud, {
    install: async (folder) => {
      await cp(join(EXAMPLES, example), folder, { recursive: true, filter: (path) => !path.includes('node_modules') });
      await linkPackages(folder, 'typescript');
    },
  });
  const { project, running } = town;
  try {
    const product =
      cloud === aliyun ? ['productKey', running.aliyun.productKey] : ['productId', running.tencent.productId];
    for (const setting of [product, ['endpoint', running.url]]) await project.succeed('config', 'set', ...setting);

    succeeded(await project.up());

    const names = Array.from({ length: count }, (_, i) => `${prefix}${String(i + 1).padStart(3, '0')}`);
    expect(town.names()).toEqual(names);
    expect(await project.outputs()).toMatchObject({ deviceNames: names, deviceCount: count });
    await town.expectGone();
  } finally {
    await town.close();
  }
});
