import type { Wire } from '../vendor';
import { casesOfAnyCall } from './any-call';
import { anyText, type Case, good, names, pemOf, refused } from './cases';
import type { Stage } from './stage';

const nowhere = { ProductId: 'NOTHING000' };
const ofProduct =
  (more: (stage: Stage) => Wire = () => ({})) =>
  (stage: Stage): Wire => ({ ProductId: stage.productId, ...more(stage) });
const unknownProduct = (operation: string, more: Wire = {}) =>
  refused(operation, 'unknown product', () => ({ ...nowhere, ...more }), 'ResourceNotFound.ProductNotExist');
const page = { Offset: 0, Limit: 10 };

/** Every operation of version 2018-06-14, at its best and at its worst. */
export const casesOfApi3: readonly Case[] = [
  good(
    'CreateMultiDevice',
    ofProduct(() => ({ DeviceNames: names(100) })),
    { TaskId: expect.stringMatching(/^[a-z0-9]{16}$/) as string },
  ),
  refused(
    'CreateMultiDevice',
    '101 names',
    ofProduct(() => ({ DeviceNames: names(101) })),
    'InvalidParameterValue',
  ),
  refused(
    'CreateMultiDevice',
    'a malformed name',
    ofProduct(() => ({ DeviceNames: ['light-1', '路灯 1'] })),
    'InvalidParameterValue',
  ),
  refused('CreateMultiDevice', 'no names', ofProduct(), 'MissingParameter'),
  unknownProduct('CreateMultiDevice', { DeviceNames: ['light-1'] }),

  good(
    'DescribeMultiDevTask',
    ofProduct(({ task }) => ({ TaskId: task('opened') })),
    { TaskId: anyText, TaskStatus: 0 },
    'good, not started',
  ),
  good(
    'DescribeMultiDevTask',
    ofProduct(({ task }) => ({ TaskId: task('finished') })),
    { TaskStatus: 2 },
    'good, finished',
  ),
  refused(
    'DescribeMultiDevTask',
    'unknown task',
    ofProduct(() => ({ TaskId: 'nothing' })),
    'ResourceNotFound.CreateMultiDeviceTaskNotExist',
  ),
  refused(
    'DescribeMultiDevTask',
    "another product's task",
    ({ psk, task }) => ({ ProductId: psk, TaskId: task('finished') }),
    'FailedOperation.TaskIDNotMatch',
  ),

  good(
    'DescribeMultiDevices',
    ofProduct(({ task, seeded }) => ({ TaskId: task('finished', ['fresh', seeded('taken')]), ...page })),
    {
      TaskId: anyText,
      TotalDevNum: 2,
      DevicesInfo: [
        {
          DeviceName: 'fresh',
          DeviceCert: pemOf('CERTIFICATE'),
          DevicePrivateKey: pemOf('PRIVATE KEY'),
          Result: 0,
        },
        { DeviceName: 'taken', Result: 2001 },
      ],
    },
    'good, with certificates',
  ),
  good(
    'DescribeMultiDevices',
    ({ psk, task }) => ({ ProductId: psk, TaskId: task('finished', 12, psk), Offset: 10, Limit: 10 }),
    {
      TotalDevNum: 12,
      DevicesInfo: Array.from({ length: 2 }, () => ({
        DeviceName: anyText,
        DevicePsk: expect.stringMatching(/^.{22}==$/) as string,
        Result: 0,
      })),
    },
    'good, the last page of pre-shared keys',
  ),
  refused(
    'DescribeMultiDevices',
    'not finished',
    ofProduct(({ task }) => ({ TaskId: task('opened'), ...page })),
    'UnauthorizedOperation.CreateMultiDeviceTaskNotFinished',
  ),
  refused(
    'DescribeMultiDevices',
    '101 a page',
    ofProduct(({ task }) => ({ TaskId: task('finished'), Offset: 0, Limit: 101 })),
    'InvalidParameterValue',
  ),
  refused(
    'DescribeMultiDevices',
    'no Limit',
    ofProduct(({ task }) => ({ TaskId: task('finished'), Offset: 0 })),
    'MissingParameter',
  ),

  good(
    'CreateDevice',
    ofProduct(() => ({ DeviceName: 'single-1' })),
    {
      ...{ DeviceName: 'single-1', DevicePsk: '' },
      ...{ DeviceCert: pemOf('CERTIFICATE'), DevicePrivateKey: pemOf('PRIVATE KEY') },
    },
  ),
  refused(
    'CreateDevice',
    'name exists',
    ofProduct(({ seeded }) => ({ DeviceName: seeded() })),
    'InvalidParameterValue.DeviceAlreadyExist',
  ),
  refused(
    'CreateDevice',
    'malformed name',
    ofProduct(() => ({ DeviceName: 'a.b' })),
    'InvalidParameterValue',
  ),
  unknownProduct('CreateDevice', { DeviceName: 'light-1' }),

  good(
    'DeleteDevice',
    ofProduct(({ seeded }) => ({ DeviceName: seeded() })),
    {},
  ),
  refused(
    'DeleteDevice',
    'unknown device',
    ofProduct(() => ({ DeviceName: 'nobody' })),
    'ResourceNotFound.DeviceNotExist',
  ),
  unknownProduct('DeleteDevice', { DeviceName: 'light-1' }),

  good('DescribeDevice', ({ productId, seeded }) => ({ ProductID: productId, DeviceName: seeded('single-2') }), {
    ...{ DeviceName: 'single-2', Online: 0, FirstOnlineTime: 0, CertState: 0, EnableState: 1 },
    ...{ DeviceCert: pemOf('CERTIFICATE'), CreateTime: expect.any(Number) as number, Tags: [], Labels: [] },
  }),
  refused(
    'DescribeDevice',
    'unknown device',
    ({ productId }) => ({ ProductID: productId, DeviceName: 'nobody' }),
    'ResourceNotFound.DeviceNotExist',
  ),
  refused(
    'DescribeDevice',
    'the product in the spelling of the others',
    ofProduct(() => ({ DeviceName: 'nobody' })),
    'UnknownParameter',
  ),

  good(
    'DescribeDevices',
    ofProduct(({ seeded }) => (seeded('listed-1'), page)),
    { TotalCount: 1, Devices: [{ DeviceName: 'listed-1', Online: 0, DevicePsk: '' }] },
  ),
  refused(
    'DescribeDevices',
    '9 a page',
    ofProduct(() => ({ Offset: 0, Limit: 9 })),
    'InvalidParameterValue',
  ),
  unknownProduct('DescribeDevices', page),

  good('CreateProduct', () => ({ ProductName: 'lights', ProductProperties: { EncryptionType: '2', ProductType: 0 } }), {
    ProductName: 'lights',
    ProductId: expect.stringMatching(/^[A-Z0-9]{10}$/) as string,
    ProductProperties: { EncryptionType: 2, Region: 'gz' },
  }),
  refused(
    'CreateProduct',
    'name exists',
    () => ({ ProductName: 'emulated' }),
    'InvalidParameterValue.ProductAlreadyExist',
  ),
  refused('CreateProduct', 'malformed name', () => ({ ProductName: 'street lights' }), 'InvalidParameterValue'),

  good('DescribeProduct', ofProduct(), {
    ProductName: 'emulated',
    ProductMetadata: { CreationDate: expect.any(Number) as number },
    ProductProperties: { EncryptionType: '1' },
  }),
  unknownProduct('DescribeProduct'),
  refused('DescribeProduct', 'no ProductId', () => ({}), 'MissingParameter'),

  good('DeleteProduct', ofProduct(), {}),
  refused(
    'DeleteProduct',
    'with devices in it',
    ofProduct(({ seeded }) => (seeded(), {})),
    'UnauthorizedOperation.DevicesExistUnderProduct',
  ),

  ...casesOfAnyCall(
    { operation: 'DescribeProduct', parameters: ofProduct() },
    { ProductName: 'emulated' },
    {
      token: 'AuthFailure.TokenFailure',
      unknownKey: 'AuthFailure.SecretIdNotFound',
      signature: 'AuthFailure.SignatureFailure',
      denied: 'AuthFailure.UnauthorizedOperation',
      expired: 'AuthFailure.SignatureExpire',
      throttled: 'RequestLimitExceeded',
      internal: 'InternalError',
    },
  ),
  refused('DescribeFirmware', 'not emulated', () => ({}), 'InvalidAction'),
];
