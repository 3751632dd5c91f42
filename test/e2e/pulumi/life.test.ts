/** The life of a batch by the Pulumi CLI, on each cloud. */
import { aliyun, certificates, legacy, preSharedKeys } from '../../support/tested-clouds';
import { lights } from '../harness/oracle';
import { succeeded } from './harness/command';
import { isAliyun, sequence, Town } from './harness/town';

jest.setTimeout(180_000);

const street = (count: number, start = 1) => ({ lights: { devices: sequence('light-', count, start) } });

describe.each([aliyun, preSharedKeys])('on $name', (cloud) => {
  let town: Town;
  beforeAll(async () => {
    town = await Town.open(cloud);
    town.cloud.seed(town.emulator, { devices: ['foreign'], product: OTHER });
  });
  afterAll(() => town?.close());

  const OTHER = isAliyun(cloud) ? 'a1OtherTown' : 'OTHERTOWN1';

  test('a preview says what will be, and asks the cloud to create nothing', async () => {
    await town.write(street(3));

    expect(succeeded(await town.project.preview()).text).toContain('lights');
    expect(town.registrations).toBe(0);
  });

  test('up creates the devices, and another up changes nothing (I3, I4)', async () => {
    expect(succeeded(await town.up(street(3))).text).toContain('+ 2 created');
    await town.expectStands('lights', lights(3));
    expect(town.registrations).toBe(1);
    const calls = town.emulator.journal.calls().length;

    expect(succeeded(await town.project.up()).text).toContain('2 unchanged');
    expect(town.emulator.journal.calls()).toHaveLength(calls);
  });

  test('growing and shrinking keep what stays (I1)', async () => {
    const before = town.devices();

    expect(succeeded(await town.up(street(5))).text).toContain('1 updated');
    await town.expectStands('lights', lights(5));
    town.expectKept(before);

    succeeded(await town.up(street(3, 2)));
    await town.expectStands('lights', lights(3, 2));
    expect(town.deletions.sort()).toEqual(['light-001', 'light-005']);
    for (const [name, identity] of before) {
      if (name !== 'light-001') expect(town.devices().get(name)).toBe(identity);
    }
  });

  test('what was deleted by hand is found by refresh and created again by up; what is foreign is left alone', async () => {
    town.cloud.delete(town.emulator, 'light-003');

    succeeded(await town.project.refresh());
    expect((await town.project.preview('--expect-no-changes')).code).not.toBe(0);
    expect(succeeded(await town.project.up()).text).toContain('1 updated');

    await town.expectStands('lights', lights(3, 2));
    expect(town.names()).toContain('foreign');
    succeeded(await town.project.refresh('--expect-no-changes'));
  });

  test('another product replaces the batch, and the old devices go after the new ones have come (I2)', async () => {
    const moved = { lights: { devices: sequence('light-', 2), product: OTHER } };

    expect(succeeded(await town.up(moved)).text).toContain('1 replaced');

    await town.expectStands('lights', lights(2), OTHER);
    expect(town.names()).toEqual(['foreign']);
    const events = town.emulator.journal.deviceEvents().filter(({ deviceName }) => deviceName !== 'foreign');
    const created = events.filter(({ event }) => event === 'created').at(-1)!.seq;
    expect(events.filter(({ event, seq }) => event === 'deleted' && seq > created)).toHaveLength(3);
  });

  test('destroy deletes what is ours and nothing else (I1, I2)', async () => {
    succeeded(await town.project.destroy());

    expect(await town.project.resources()).toEqual([]);
    expect(town.names(OTHER)).toEqual([]);
    expect(town.names()).toEqual(['foreign']);
  });
});

test('certificates with their keys are an output too', async () => {
  const town = await Town.open(certificates);
  try {
    succeeded(await town.up(street(2)));
    await town.expectStands('lights', lights(2));
    const { lights: outputs } = (await town.project.outputs()) as { lights: { deviceSecrets: string } };
    expect(outputs.deviceSecrets).toContain('BEGIN CERTIFICATE');
    await town.expectGone();
  } finally {
    await town.close();
  }
});

test('by API 2.0, which cannot tell whether a device has ever connected, a batch lives where its user accepts that', async () => {
  const town = await Town.open(legacy);
  try {
    await town.write({ lights: { devices: sequence('light-', 2), deleteActivated: false } });
    const refused = await town.project.preview();
    expect(refused.code).not.toBe(0);
    expect(refused.text).toContain('ActivationUnknown');

    succeeded(await town.up(street(2)));
    await town.expectStands('lights', lights(2));
    succeeded(await town.up(street(2, 2)));
    await town.expectStands('lights', lights(2, 2));
    expect(town.names()).toEqual(lights(2, 2));
    expect(town.registrations).toBe(2);
    succeeded(await town.project.refresh('--expect-no-changes'));
    await town.expectGone();
  } finally {
    await town.close();
  }
});
