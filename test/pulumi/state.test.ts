/** What Pulumi keeps between two operations, and what is kept beside it. */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as provider from '../../lib/pulumi/provider';
import { aliyun, certificates } from '../support/tested-clouds';
import { Stage } from './stage';

describe.each([aliyun, certificates])('the state on $name', (cloud) => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.set(cloud);
  });
  afterEach(() => stage.end());
  /** Of one that has lines the longest, which reads the same however often it was wrapped into JSON. */
  const secretsIn = (text: string) =>
    cloud
      .secrets(stage.core)
      .map((secret) => secret.split('\n').sort((a, b) => b.length - a.length)[0]!)
      .filter((secret) => text.includes(secret));

  it('of a newer version is told with a code by whatever reads it, and nothing happens', async () => {
    await stage.up();
    const calls = stage.core.journal.calls().length;
    stage.state!.outputs.record.schema = 2;
    for (const operation of [stage.refresh(), stage.destroy(), stage.up({ devices: { named: ['gate'] } })]) {
      await expect(operation).rejects.toThrow(/schema 2.*\[NewerState\]$/);
    }
    expect(stage.core.journal.calls()).toHaveLength(calls);
    // What a version adds without breaking another is let through.
    stage.state!.outputs.record.schema = 1.5;
    await stage.destroy();
    expect(stage.devices()).toEqual([]);
  });

  it('has no secrets where they go to a file, which only its owner may read and which follows the devices', async () => {
    const file = join(stage.folder, 'keys/secrets.json');
    const inFile = (names: string[]) => ({ devices: { named: names }, deviceCredentials: { file } });
    const kept = () =>
      Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, object>)
        .map(([name, secret]) => ({ name, ...secret }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    const expected = () => [...cloud.secretLines(stage.core)].sort((a, b) => (a.name! < b.name! ? -1 : 1));

    expect((await stage.up(inFile(['gate', 'lamp']))).deviceSecrets).toBe('{}');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(kept()).toEqual(expected());

    await stage.up(inFile(['lamp', 'pole']));
    expect(kept()).toEqual(expected());
    expect(kept().map(({ name }) => name)).toEqual(['lamp', 'pole']);
    expect(secretsIn(readFileSync(file, 'utf8'))).not.toEqual([]);
    expect(secretsIn(JSON.stringify(stage.state))).toEqual([]);
  });

  it.each([undefined, '', '{"devices": [', '[]'])(
    'whose manifest is %j is refreshed from what is recorded',
    async (manifest) => {
      await stage.up();
      Object.assign(stage.state!.outputs, { manifest });
      stage.cloud.delete(stage.core, 'light-002');
      await stage.refresh();
      expect(stage.state!.outputs).toMatchObject({ deviceNames: ['light-001', 'light-003'], drift: ['light-002'] });
      const { deviceNames, deviceCount } = await stage.up();
      expect([deviceNames, deviceCount]).toEqual([['light-001', 'light-002', 'light-003'], 3]);
    },
  );

  it.each<[what: string, spoil: (file: string) => void, code: string]>([
    ['lost', (file) => rmSync(file), 'RecordMissing'],
    ['cut', (file) => writeFileSync(file, readFileSync(file).subarray(0, 30)), 'RecordUnreadable'],
    ['replaced', (file) => writeFileSync(file, '{"devices": {}}'), 'RecordUnreadable'],
  ])('is told where the manifest in the journal was %s, and the next up writes it anew', async (_what, spoil, code) => {
    const { deviceNames } = await stage.up();
    spoil(stage.journal('manifests')[0]!);
    await expect(stage.refresh()).rejects.toThrow(`[${code}]`);
    expect(stage.state!.outputs.deviceNames).toEqual(deviceNames);
    expect(await stage.up({ removalPolicy: 'retain' })).toMatchObject({ deviceNames, deviceCount: 3 });
    await stage.refresh();
    expect(stage.state!.outputs.deviceNames).toEqual(deviceNames);
  });

  it('has no secrets where nobody wants them', async () => {
    const { deviceSecrets } = await stage.up({ deviceCredentials: 'none' });
    expect(deviceSecrets).toBe('{}');
    expect(secretsIn([JSON.stringify(stage.state), ...stage.journalTexts()].join('\n'))).toEqual([]);
  });
});

describe('a journal beside the program in CI', () => {
  let stage: Stage;
  const ci = process.env.CI;
  beforeEach(async () => (stage = await Stage.set(aliyun)));
  afterEach(async () => {
    if (ci === undefined) delete process.env.CI;
    else process.env.CI = ci;
    await stage.end();
  });
  /** Each stack has a journal of its own, of which it is said once. */
  const check = (stack: string, journal?: string) => {
    const resourceUrn = `urn:pulumi:${stack}::town::pulumi-nodejs:dynamic/iot-device-batch:DeviceBatch::lights`;
    const { journal: _own, ...inputs } = stage.inputs({ resourceUrn });
    return provider.check({}, { ...inputs, ...(journal !== undefined && { journal }) });
  };

  it('is warned of by a preview, unless somebody has said where it lasts', async () => {
    process.env.CI = 'true';
    expect((await check('ci-lasting', join(stage.folder, 'lasting'))).failures).toEqual([]);
    expect(stage.said).toBe('');
    expect((await check('ci-lost')).failures).toEqual([]);
    expect(stage.said).toMatch(/^warning: a journal beside the program is lost with this machine/);
  });

  it('is nothing to be warned of elsewhere', async () => {
    delete process.env.CI;
    await check('at-home');
    expect(stage.said).toBe('');
  });
});
