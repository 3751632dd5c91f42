import * as fc from 'fast-check';
import { CloudError } from '../../../lib/batch/ports/cloud';
import { parseAliyunCredentials } from '../../../lib/clouds/aliyun/credentials';
import { parseTencentCredentials } from '../../../lib/clouds/tencent/credentials';
import { CANARY, mostly, mutate, mutation } from '../mutation';
import { refuseSecrets } from '../secrets';
import { target } from '../target';

const secrets = fc.constantFrom<unknown>(
  { AccessKeyId: 'LTAI5t', AccessKeySecret: CANARY },
  { accessKeyId: 'LTAI5t', accessKeySecret: CANARY, securityToken: `${CANARY}==` },
  { access_key_id: 'LTAI5t', access_key_secret: CANARY, sts_token: CANARY },
  { ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI5t', ALIBABA_CLOUD_ACCESS_KEY_SECRET: CANARY },
  { SecretId: 'AKID', SecretKey: CANARY },
  { TmpSecretId: 'AKID', TmpSecretKey: CANARY, Token: CANARY },
  { TENCENTCLOUD_SECRET_ID: 'AKID', TENCENTCLOUD_SECRET_KEY: CANARY },
);

const parsers = { aliyun: parseAliyunCredentials, tencent: parseTencentCredentials };

/** The keys of the clouds as somebody has put them into a secret, or a variable. */
export const keysOfClouds = target({
  name: 'keys of the clouds',
  share: 130,
  inputs: fc.record({
    cloud: fc.constantFrom('aliyun' as const, 'tencent' as const),
    secret: secrets,
    changes: fc.array(mutation, { maxLength: 3 }),
    /** As an object, where it is one still. */
    asObject: mostly(false, fc.boolean()),
  }),
  attempt({ cloud, secret, changes, asObject }) {
    const text = mutate(JSON.stringify(secret), changes);
    try {
      const keys = Object.values(parsers[cloud](asObject ? orText(text) : text) as object);
      if (keys.some((key) => typeof key !== 'string' || key === '')) throw new TypeError('a key is no text');
      return 'right';
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      refuseSecrets(`${error.message} ${error.stack}`, [CANARY]);
      return error.code;
    }
  },
});

function orText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
