import { environmentKeys } from '../../lib/clouds/environment-keys';

const aliyun = { aliyun: { region: 'cn-shanghai', productKey: 'a1' } };
const tencent = { tencent: { productId: 'P' } };
const environment = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI',
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'hidden',
  TENCENTCLOUD_SECRET_ID: 'AKID',
  TENCENTCLOUD_SECRET_KEY: '',
  PATH: '/bin',
};

describe('the keys in the environment', () => {
  it('are those of the cloud, as far as they are set', async () => {
    expect(await environmentKeys(aliyun, environment)(false)).toEqual({
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI',
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'hidden',
    });
    expect(await environmentKeys(tencent, environment)(false)).toEqual({ TENCENTCLOUD_SECRET_ID: 'AKID' });
  });

  it('are said to be missing by their names, where none is set', async () => {
    await expect(environmentKeys(tencent, { PATH: '/bin' })(false)).rejects.toMatchObject({
      kind: 'credentials',
      vendorCode: 'NoKeysInEnvironment',
      message: expect.stringMatching(/set TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, \w+ \(the last/) as string,
    });
  });
});
