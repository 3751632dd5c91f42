/** Every way to say which devices, by the Pulumi CLI. */
import { aliyun, preSharedKeys } from '../../support/tested-clouds';
import { until } from '../harness/until';
import { succeeded } from './harness/command';
import { sequence, Town, type Outputs } from './harness/town';

jest.setTimeout(240_000);

const HOUR = 3_600_000;

let town: Town;
afterEach(() => town?.close());

const outputsOf = async (name: string) => (await town.project.outputs())[name] as Outputs;

test('generated, assigned by the cloud, and those of a job that somebody else has submitted', async () => {
  town = await Town.open(aliyun);
  const batches = {
    generated: { devices: { generated: { count: 3, prefix: 'g-' } } },
    assigned: { devices: { assignedByCloud: 2 } },
  };
  succeeded(await town.up(batches));
  const [generated, assigned] = [await outputsOf('generated'), await outputsOf('assigned')];
  expect(generated.deviceNames).toEqual(Array(3).fill(expect.stringMatching(/^g-\w{13}$/)));
  await town.expectStands('generated', generated.deviceNames);
  await town.expectStands('assigned', assigned.deviceNames);
  expect(assigned.deviceNames).toHaveLength(2);

  // Another batch, in another stack's place, watches the job of the first one.
  const [jobId = ''] = assigned.jobIds;
  succeeded(await town.up({ ...batches, watched: { devices: { fromJob: jobId }, deviceCredentials: 'none' } }));
  expect([...(await outputsOf('watched')).deviceNames].sort()).toEqual([...assigned.deviceNames].sort());
  succeeded(await town.up(batches));
  expect(town.deletions).toEqual([]);
  expect((await outputsOf('generated')).deviceNames).toEqual(generated.deviceNames);

  await town.expectGone();
});

test('of the same name under two parents, batches know nothing of each other', async () => {
  town = await Town.open(preSharedKeys);
  const args = (prefix: string) => JSON.stringify(town.args({ devices: { sequence: { prefix, count: 2 } } }));
  const program = (prefixes: readonly string[]) => `
    const { ComponentResource } = require('@pulumi/pulumi');
    const { DeviceBatch } = require('iot-device-batch/pulumi');
    class East extends ComponentResource { constructor(name) { super('town:East', name); } }
    class West extends ComponentResource { constructor(name) { super('town:West', name); } }
    const [east, west] = [new East('side'), new West('side')];
    new DeviceBatch('lights', ${args(prefixes[0]!)}, { parent: east });
    ${prefixes[1] ? `new DeviceBatch('lights', ${args(prefixes[1])}, { parent: west });` : ''}
  `;
  await town.project.write('index.js', program(['east-', 'west-']));
  succeeded(await town.project.up());
  expect(town.names()).toEqual(['east-001', 'east-002', 'west-001', 'west-002']);
  const ids = (await town.project.resources()).map(({ outputs }) => outputs.batchId);
  expect(new Set(ids).size).toBe(2);

  await town.project.write('index.js', program(['east-']));
  succeeded(await town.project.up());
  expect(town.names()).toEqual(['east-001', 'east-002']);
  await town.expectGone();
});

test('renamed with an alias, a batch keeps its devices', async () => {
  town = await Town.open(aliyun);
  succeeded(await town.up({ lights: { devices: { generated: { count: 2 } } } }));
  const before = town.devices();
  const args = JSON.stringify(town.args({ devices: { generated: { count: 2 } } }));
  await town.project.write(
    'index.js',
    `const { DeviceBatch } = require('iot-device-batch/pulumi');
     exports.lamps = new DeviceBatch('lamps', ${args}, { aliases: [{ name: 'lights' }] }).deviceNames;`,
  );

  succeeded(await town.project.up());
  expect(town.devices()).toEqual(before);
  await town.expectGone();
});

test('on a terminal the count stands beside the batch while it is made, and nothing of it stays', async () => {
  town = await Town.open(aliyun, { createMs: HOUR });
  await town.write({ lights: { devices: sequence('light-', 3) } });
  const up = town.project.startUpOnTerminal();
  await until(() => /lights +creating \(\d+s\)\W+registered 0 of 3 devices/.test(up.text), 60);

  const { code, text } = await town.meanwhileJobsEnd(up.ended);

  expect(code).toBe(0);
  expect(text).toMatch(/lights +created/);
  expect(text).not.toContain('Diagnostics');
  await town.expectStands('lights', ['light-001', 'light-002', 'light-003']);
});

test('ten thousand from a file: progress is counted, and released they stay', async () => {
  town = await Town.open(aliyun);
  const names = Array.from({ length: 10_000 }, (_, i) => `meter-${String(i).padStart(6, '0')}`);
  await town.project.write('meters.csv', ['name', ...names].join('\n'));

  const { code, text } = await town.up({
    meters: { devices: { fromFile: 'meters.csv' }, removalPolicy: 'retain', deviceCredentials: 'none' },
  });

  expect(code).toBe(0);
  expect(town.devices().size).toBe(10_000);
  const { meters } = (await town.project.outputs()) as { meters: Outputs };
  expect(meters.deviceNames).toEqual(names);
  expect(JSON.parse(meters.manifest)).toBeDefined();
  // Three counts, and not a line for every look.
  for (const step of ['checked', 'registered', 'collected']) expect(text).toContain(`${step} 10,000 of 10,000 devices`);
  expect(text.split('\n').filter((line) => line.includes(' of 10,000 devices')).length).toBeLessThan(20);

  succeeded(await town.project.destroy());
  expect(town.devices().size).toBe(10_000);
});
