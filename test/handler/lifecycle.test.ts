import { attributes, generateNames } from '../../lib/batch/contract';
import { HandlerWorld } from '../support/handler-world';
import { testedClouds, where } from '../support/tested-clouds';
import { lights } from '../support/world';

describe.each(testedClouds)('on $name', (cloud) => {
  let world: HandlerWorld;
  beforeEach(async () => {
    world = await HandlerWorld.start({}, {}, cloud);
  });
  afterEach(() => world.close());

  describe('Create', () => {
    it('registers the devices and returns every attribute', async () => {
      const response = await world.create();
      expect(response).toMatchObject({
        Status: 'SUCCESS',
        PhysicalResourceId: expect.stringMatching(/^b[0-9a-f]{16}-/) as string,
      });
      expect(world.devices()).toEqual(lights(3));
      const [batchId] = response.PhysicalResourceId.split('-');
      expect(response.Data).toEqual({
        BatchId: batchId,
        DeviceCount: 3,
        DeviceNames: '',
        JobIds: expect.stringMatching(/^[0-9a-z]+$/) as string,
        ManifestBucket: 'the-store-of-the-stack',
        ManifestKey: `manifests/${batchId}/${response.PhysicalResourceId}.json`,
        Ready: '',
      });
      expect(Object.keys(response.Data ?? {}).sort()).toEqual(Object.values(attributes).sort());
    });

    it('writes the manifest where the attributes say', async () => {
      const { Data } = await world.create();
      const manifest = JSON.parse(world.store.text(String(Data?.ManifestKey)) ?? '{}') as {
        devices: { name: string }[];
      };
      expect(manifest.devices.map(({ name }) => name)).toEqual(lights(3));
    });

    it('understands numbers and booleans that come as strings', async () => {
      const { Data } = await world.create({
        devices: { sequence: { prefix: 'lamp-', count: 2, start: 9, pad: 4 } },
        deleteActivated: true,
      });
      expect(Data?.DeviceCount).toBe(2);
      expect(world.devices()).toEqual(['lamp-0009', 'lamp-0010']);
    });

    it('returns generated names, in the order in which a larger batch continues them', async () => {
      const devices = (count: number) => ({
        devices: { generated: { count, prefix: 'lamp-' } },
        namesInResponse: true,
      });
      const { Data, PhysicalResourceId: id } = await world.create(devices(2));
      const names = String(Data?.DeviceNames).split(',');
      expect(names).toEqual(generateNames(String(Data?.BatchId), { count: 2, prefix: 'lamp-' }));
      expect(world.devices()).toEqual([...names].sort());
      const grown = await world.update(id, devices(3), devices(2));
      expect(String(grown.Data?.DeviceNames)).toBe(
        generateNames(String(Data?.BatchId), { count: 3, prefix: 'lamp-' }).join(','),
      );
    });

    it('fails with the name that exists already and leaves nothing behind (I2)', async () => {
      world.seed('light-002');
      const response = await world.create();
      expect(response.Status).toBe('FAILED');
      expect(response.Reason).toMatch(/^1 of 3 devices exist .*: light-002; .*\[DevicesExist\]$/m);
      expect(world.devices()).toEqual(['light-002']);
      // CloudFormation deletes what failed.
      expect((await world.delete(response.PhysicalResourceId)).Status).toBe('SUCCESS');
      expect(world.devices()).toEqual(['light-002']);
    });

    it('fails with the names that were not created and their reasons, and takes the others back (I2)', async () => {
      world.emulator.emulator.faults.add({
        fault: { kind: 'failCreate', names: ['light-002'], reason: 'out of stock' },
      });
      const response = await world.create();
      expect(response.Status).toBe('FAILED');
      expect(response.Reason).toMatch(
        /1 of 3 devices were not registered: light-002 \(.*out of stock.*\[DevicesNotRegistered\]/,
      );
      expect(world.devices()).toEqual([]);
      expect((await world.delete(response.PhysicalResourceId)).Status).toBe('SUCCESS');
    });

    it('with options that are wrong fails before anything is recorded; its Delete succeeds', async () => {
      const response = await world.create({ devices: { named: ['light-001', 'light-001', 'no!'] } });
      expect(response).toMatchObject({
        Status: 'FAILED',
        Reason: expect.stringContaining('[InvalidDevices]') as string,
      });
      expect(response.Reason).toContain('"no!"');
      expect(world.store.objects.size).toBe(0);
      expect((await world.delete(response.PhysicalResourceId)).Status).toBe('SUCCESS');
    });

    it('that is delivered twice at once registers once and answers both alike (I3, I5)', async () => {
      const event = world.event('Create');
      const [first, second] = await Promise.all([world.answerTo(event), world.answerTo(event)]);
      expect(first.Status).toBe('SUCCESS');
      expect(second).toEqual(first);
      expect(world.calls(cloud.operations.create)).toHaveLength(1);
    });

    it('that is delivered again after its end gets its old answer', async () => {
      const event = world.event('Create');
      const first = await world.answerTo(event);
      const calls = world.calls().length;
      expect(await world.answerTo(event)).toEqual(first);
      expect(world.calls()).toHaveLength(calls);
    });
  });

  describe('Update', () => {
    it('with the same devices does nothing and keeps the id', async () => {
      const { PhysicalResourceId: id } = await world.create();
      const calls = world.calls().length;
      const response = await world.update(id, { timeoutSeconds: 1200 });
      expect(response).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: id, Data: { DeviceCount: 3 } });
      expect(world.calls()).toHaveLength(calls);
    });

    it('with other devices gets a new id, and CloudFormation’s Delete of the old one removes what has left', async () => {
      const { PhysicalResourceId: old } = await world.create();
      const { PhysicalResourceId: id, Data } = await world.update(old, {
        devices: { named: ['light-003', 'light-004'] },
      });
      expect(id).not.toBe(old);
      expect(Data?.DeviceCount).toBe(2);
      expect(world.devices()).toEqual(lights(4));
      expect((await world.delete(old)).Status).toBe('SUCCESS');
      expect(world.devices()).toEqual(['light-003', 'light-004']);
    });

    it('that fails keeps the id and the old devices, and can be taken back at once', async () => {
      const { PhysicalResourceId: id } = await world.create();
      world.seed('light-005');
      const more = { devices: { sequence: { prefix: 'light-', count: 5 } } };
      expect(await world.update(id, more)).toMatchObject({ Status: 'FAILED', PhysicalResourceId: id });
      expect(await world.update(id, {}, more)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: id });
      expect(world.devices()).toEqual([...lights(3), 'light-005']);
    });

    it('with options that are wrong fails, and taking it back does not wait for an event that never came', async () => {
      const { PhysicalResourceId: id } = await world.create();
      const wrong = { devices: { named: ['no!'] } };
      expect((await world.update(id, wrong)).Status).toBe('FAILED');
      const began = world.clock.now();
      expect(await world.update(id, {}, wrong)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: id });
      expect(world.clock.now() - began).toBeLessThan(5_000);
    });
  });

  describe('Delete', () => {
    it('deletes the devices and returns no attributes', async () => {
      const { PhysicalResourceId: id } = await world.create();
      const response = await world.delete(id);
      expect(response).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: id });
      expect(response.Data).toEqual({});
      expect(world.devices()).toEqual([]);
      expect(world.store.objects.size).toBeLessThan(4);
    });

    it.each([
      ['nothing', undefined],
      ['null', null],
      ['a string', 'junk'],
      ['those of a time to come', { version: '7', cloud: { moon: { crater: 'Tycho' } }, devices: 'all' }],
    ])('works when the properties are %s', async (_what, ResourceProperties) => {
      const { PhysicalResourceId } = await world.create();
      const response = await world.answerTo(world.event('Delete', { PhysicalResourceId, ResourceProperties }));
      expect(response.Status).toBe('SUCCESS');
      expect(world.devices()).toEqual([]);
    });

    it('twice succeeds twice', async () => {
      const { PhysicalResourceId: id } = await world.create();
      expect((await world.delete(id)).Status).toBe('SUCCESS');
      expect((await world.delete(id)).Status).toBe('SUCCESS');
    });

    where(cloud.tells.devices)(
      'refuses to lock out a device that has ever connected, and says which (I1)',
      async () => {
        const { PhysicalResourceId: id } = await world.create();
        cloud.connect(world.emulator.emulator, 'light-002');
        const response = await world.delete(id);
        expect(response).toMatchObject({ Status: 'FAILED', PhysicalResourceId: id });
        expect(response.Reason).toMatch(/light-002.*\[ActivatedDevices\]/);
        expect(world.devices()).toEqual(lights(3));
      },
    );
  });
});
