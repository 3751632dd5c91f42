import { aliyun, certificates, legacy, preSharedKeys } from '../support/tested-clouds';
import { Stage } from './stage';

describe.each([aliyun, certificates, preSharedKeys, legacy])('a batch in a Pulumi stack on $name', (cloud) => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.set(cloud);
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await stage.end();
  });

  it('is created, stays as it is, grows, shrinks and is destroyed', async () => {
    const outputs = await stage.up();
    expect(outputs).toMatchObject({ deviceNames: ['light-001', 'light-002', 'light-003'], deviceCount: 3 });
    expect(outputs.jobIds).toHaveLength(1);
    expect(stage.devices()).toEqual(outputs.deviceNames);

    expect(await stage.up()).toEqual(outputs);
    expect(stage.calls('create')).toBe(1);

    const grown = await stage.up({ devices: { named: ['light-002', 'light-003', 'gate'] } });
    expect(grown).toMatchObject({ deviceNames: ['light-002', 'light-003', 'gate'], batchId: outputs.batchId });
    expect(stage.devices()).toEqual(['gate', 'light-002', 'light-003']);
    expect(Object.keys(JSON.parse(grown.deviceSecrets) as object).sort()).toEqual(['gate', 'light-002', 'light-003']);

    await stage.destroy();
    expect(stage.devices()).toEqual([]);
  });
});
