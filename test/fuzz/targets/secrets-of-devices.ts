import * as fc from 'fast-check';
import { BatchError } from '../../../lib/batch/errors';
import { secretsText } from '../../../lib/pulumi/device-secrets';
import type { Inputs } from '../../../lib/pulumi/inputs';
import { keptSecrets } from '../../../lib/pulumi/kept-secrets';
import type { Outputs } from '../../../lib/pulumi/state';
import type { Files } from '../../../lib/pulumi/surroundings';
import { S3Unusable } from '../../../lib/stores/s3-unusable';
import { CANARY, mostly, mutate, mutation } from '../mutation';
import { refuseSecrets } from '../secrets';
import { target } from '../target';

const text = secretsText(
  ['light-001', 'light-002', '__proto__'].map((name, i) => ({
    ...{ name, identity: `id-${i}`, credentials: { DeviceSecret: CANARY, DeviceName: name } },
  })),
);

const errors: Record<string, Error> = {
  ENOENT: Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' }),
  EACCES: Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }),
  S3: new S3Unusable('s3://bucket', 'access is denied'),
  foreign: new TypeError('terminated'),
};

const places = fc.constantFrom<unknown>(
  'state',
  'none',
  undefined,
  { file: 'secrets.json' },
  { file: 'other.json' },
  { s3: 's3://bucket/key' },
);

/** Files and states with the secrets of devices that were cut, changed, or are something else. */
export const secretsOfDevices = target({
  name: 'secrets of devices',
  share: 115,
  inputs: fc.record({
    changes: fc.array(mutation, { maxLength: 3 }),
    failing: mostly(undefined, fc.constantFrom(...Object.keys(errors))),
    before: fc.option(places, { nil: undefined, freq: 3 }),
    after: fc.option(places, { nil: undefined, freq: 3 }),
  }),
  async attempt({ changes, failing, before, after }) {
    const found = mutate(text, changes);
    const files: Files = {
      read: () => (failing === undefined ? Promise.resolve(Buffer.from(found)) : Promise.reject(errors[failing]!)),
      save: () => Promise.reject(new Error('it writes')),
    };
    const olds = { deviceCredentials: before, deviceSecrets: found } as Outputs;
    const next = { deviceCredentials: after } as Inputs;
    try {
      const kept = await keptSecrets(files, olds, after === undefined ? undefined : next);
      for (const { name, identity, credentials } of kept) {
        const members = [name, identity, ...Object.values(credentials)];
        if (members.some((member) => typeof member !== 'string')) throw new TypeError(JSON.stringify(members));
      }
      if (changes.length === 0 && failing === undefined && before !== 'none' && kept.length < 3)
        throw new Error(`of three devices there are ${kept.length}`);
      return 'right';
    } catch (error) {
      if (!(error instanceof BatchError)) throw error;
      refuseSecrets(error.message, [CANARY]);
      return error.code;
    }
  },
});
