import * as provider from '../../lib/pulumi/provider';
import { aliyun, certificates } from '../support/tested-clouds';
import { Stage } from './stage';

const variables = [
  'ALIBABA_CLOUD_ACCESS_KEY_ID',
  'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  'TENCENTCLOUD_SECRET_ID',
  'TENCENTCLOUD_SECRET_KEY',
];

describe.each([aliyun, certificates])('the keys of $name', (cloud) => {
  let stage: Stage;
  let environment: Record<string, string | undefined>;
  beforeEach(async () => {
    stage = await Stage.set(cloud);
    environment = Object.fromEntries(variables.map((name) => [name, process.env[name]]));
    for (const name of variables) delete process.env[name];
  });
  afterEach(async () => {
    await provider.configure({});
    await stage.end();
  });
  const configure = (changes: Record<string, string> = {}) => {
    const { aliyun: key, tencent } = stage.emulator;
    const keys: Record<string, string> = {
      'iot-device-batch:accessKeyId': key.accessKeyId,
      'iot-device-batch:accessKeySecret': key.accessKeySecret,
      'iot-device-batch:secretId': tencent.secretId,
      'iot-device-batch:secretKey': tencent.secretKey,
      ...changes,
    };
    return provider.configure({ config: { get: (key) => keys[key] } });
  };

  it('may be in the configuration, whose old ones a destroy is refused with, and count in the environment first', async () => {
    await configure();
    await stage.up();
    const wrong = 'of-long-ago-0123456789';
    await configure({ 'iot-device-batch:accessKeySecret': wrong, 'iot-device-batch:secretKey': wrong });
    await expect(stage.refresh()).rejects.toThrow(/as it was at the last up/);
    const refused = stage.destroy();
    await expect(refused).rejects.toThrow(/as it was at the last up/);
    await expect(refused).rejects.not.toThrow(wrong);
    expect(stage.devices()).toHaveLength(3);
    Object.assign(process.env, environment);
    await stage.destroy();
    expect(stage.devices()).toEqual([]);
  });

  it('are said to be missing, with all the names under which they may be given', async () => {
    const refused = stage.up();
    await expect(refused).rejects.toThrow(
      cloud === aliyun ? 'iot-device-batch:accessKeyId' : 'iot-device-batch:secretId',
    );
    await expect(refused).rejects.toThrow(cloud === aliyun ? 'ALIBABA_CLOUD_ACCESS_KEY_ID' : 'TENCENTCLOUD_SECRET_ID');
    expect(stage.state).toBeUndefined();
  });
});
