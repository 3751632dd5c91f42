import type { Wire } from '../vendor';
import { casesOfAnyCall } from './any-call';
import { anyText, type Case, good, names, pemOf, refused } from './cases';
import type { Stage } from './stage';

const ofProduct =
  (more: (stage: Stage) => Wire = () => ({})) =>
  (stage: Stage): Wire => ({ productID: stage.productId, ...more(stage) });
const unknownProduct = (operation: string, more: Wire = {}) =>
  refused(operation, 'unknown product', () => ({ productID: 'NOTHING000', ...more }), '1004');
const page = { pageNum: 1, pageSize: 10 };

/** Every action, at its best and at its worst. Where the module has a code of its own, it is this one. */
export const casesOfApi2: readonly Case[] = [
  good(
    'CreateMultiDevice',
    ofProduct(() => ({ listDeviceName: names(100) })),
    { taskID: expect.stringMatching(/^[a-z0-9]{16}$/) as string },
  ),
  refused(
    'CreateMultiDevice',
    '101 names',
    ofProduct(() => ({ listDeviceName: names(101) })),
    '2101',
  ),
  refused(
    'CreateMultiDevice',
    'a malformed name',
    ofProduct(() => ({ listDeviceName: ['路灯 1'] })),
    '2101',
  ),
  unknownProduct('CreateMultiDevice', { listDeviceName: ['light-1'] }),

  good('GetCreateMultiDevTask', ({ task }) => ({ taskID: task('opened') }), { taskStatus: 0, taskID: anyText }),
  good('GetCreateMultiDevTask', ({ task }) => ({ taskID: task('finished') }), { taskStatus: 2 }, 'good, finished'),
  refused('GetCreateMultiDevTask', 'unknown task', () => ({ taskID: 'nothing' }), '2006'),

  good(
    'GetMultiDevices',
    ofProduct(({ task, seeded }) => ({ taskID: task('finished', ['fresh', seeded('taken')]), ...page })),
    {
      ...{ taskID: anyText, totalDevNum: 2 },
      listCreateDeviceInfo: [
        {
          deviceName: 'fresh',
          deviceCert: pemOf('CERTIFICATE'),
          devicePrivateKey: pemOf('PRIVATE KEY'),
          result: 0,
        },
        { deviceName: 'taken', result: 2001 },
      ],
    },
    'good, with certificates',
  ),
  good(
    'GetMultiDevices',
    ({ psk, task }) => ({ productID: psk, taskID: task('finished', 12, psk), pageNum: 2, pageSize: 10 }),
    {
      totalDevNum: 12,
      listCreateDeviceInfo: Array.from({ length: 2 }, () => ({
        deviceName: anyText,
        devicePsk: expect.stringMatching(/^.{22}==$/) as string,
        result: 0,
      })),
    },
    'good, the last page of pre-shared keys',
  ),
  refused(
    'GetMultiDevices',
    "another product's task",
    ({ psk, task }) => ({ productID: psk, taskID: task('finished'), ...page }),
    '2012',
  ),
  refused(
    'GetMultiDevices',
    'page 0',
    ofProduct(({ task }) => ({ taskID: task('finished'), pageNum: 0, pageSize: 10 })),
    '2101',
  ),

  good(
    'ListDevices',
    ofProduct(({ seeded }) => (seeded('listed-1'), page)),
    { totalCnt: 1, devices: [{ deviceName: 'listed-1', productID: anyText }] },
  ),
  unknownProduct('ListDevices', page),

  good(
    'DeleteDevice',
    ofProduct(({ seeded }) => ({ deviceName: seeded() })),
    {},
  ),
  refused(
    'DeleteDevice',
    'unknown device',
    ofProduct(() => ({ deviceName: 'nobody' })),
    '2002',
  ),

  ...casesOfAnyCall(
    { operation: 'ListDevices', parameters: ofProduct(() => page) },
    { totalCnt: 0, devices: [] },
    {
      token: '4105',
      unknownKey: '4104',
      signature: '4100',
      denied: '4103',
      expired: '4500',
      throttled: '4400',
      internal: '2100',
    },
  ),
  refused('GetDeviceShadow', 'not emulated', () => ({}), '4000'),
];
