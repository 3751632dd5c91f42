/** A record of devices in the store that somebody has changed. */
import { aliyun, legacy } from '../support/tested-clouds';
import { lights, World } from '../support/world';

describe.each([aliyun, legacy])('on $name: devices in the store that were changed', (cloud) => {
  it.each([
    '{}',
    '[1]',
    '[["light-001"]]',
    '[["light-001","1","2"]]',
    '[["light-001",1]]',
    '[[1,"light-001"]]',
    '[""]',
  ])('to %s are deleted by nobody, and what they were stays as it is', async (changed) => {
    const world = new World({ cloud });
    const { generation } = await world.create(world.options(lights(2)));
    await world.store.put(`generations/${generation}/devices/00000.json`, changed);
    expect(await world.delete(generation)).toMatchObject({ state: 'failed', code: 'RecordUnreadable' });
    expect(world.devices()).toEqual(lights(2));
  });
});
