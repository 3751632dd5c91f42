import * as fc from 'fast-check';
import { parseDeviceFile, validateListedNames, type DeviceFileFormat } from '../../../lib/batch/contract/device-file';
import { BatchError } from '../../../lib/batch/errors';
import { aliyunLimits } from '../../../lib/clouds/aliyun/limits';
import { mostly, mutate, mutation } from '../mutation';
import { target } from '../target';

const files = fc.constantFrom(
  { title: 'names.txt', text: '# lights\nlight-001\nlight-002\r\n\nlight-003' },
  { title: 'names.csv', text: 'DeviceName,Place\nlight-001,"Main, street"\nlight-002,"a ""b"""\n' },
  { title: 'names.json', text: '["light-001","light-002"]' },
  { title: 'names.json', text: '{"devices":[{"deviceName":"light-001"},{"deviceName":"light-002"}]}' },
  { title: 'names', text: 'light-001\nlight-001' },
);

/** Files of names: those of somebody who made a mistake, and those that are something else altogether. */
export const deviceFiles = target({
  name: 'files of names',
  share: 130,
  inputs: fc.record({
    file: files,
    changes: fc.array(mutation, { maxLength: 4 }),
    bytes: mostly(undefined, fc.uint8Array({ maxLength: 200 })),
    format: mostly(undefined, fc.constantFrom<DeviceFileFormat>('text', 'csv', 'json')),
    column: mostly(undefined, fc.constantFrom('DeviceName', 'Place', '', '__proto__')),
  }),
  attempt({ file: { title, text }, changes, bytes = Buffer.from(mutate(text, changes)), format, column }) {
    try {
      const names = parseDeviceFile({
        title,
        bytes,
        ...(format && { format }),
        ...(column !== undefined && { column }),
      });
      if (names.length === 0 || names.some(({ name }) => typeof name !== 'string'))
        throw new TypeError(JSON.stringify(names));
      validateListedNames(title, names, aliyunLimits);
      const all = names.map(({ name }) => name);
      if (new Set(all).size < all.length) throw new Error('a name was let through twice');
      return 'right';
    } catch (error) {
      if (!(error instanceof BatchError)) throw error;
      if (error.message.length > 2_000) throw new RangeError(`an error of ${error.message.length} characters`);
      return error.code;
    }
  },
});
