import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { IotEmulator, type TencentAssumptions } from '../../../emulator';
import { VirtualClock } from '../signed-call';
import { callLegacy, callVersion1 } from './query-call';
import { callTc3 } from './tc3-call';

const pskProduct = 'PSKPRODUCT';
let clock: VirtualClock;
let emulator: IotEmulator;
beforeEach(() => {
  clock = new VirtualClock();
  emulator = new IotEmulator({ clock, rates: false });
  emulator.tencent.seed({ products: [{ productId: pskProduct, productName: 'psk', encryption: 'psk' }] });
});

const assume = (assumptions: Partial<TencentAssumptions>) => Object.assign(emulator.tencent.assumptions, assumptions);
const names = ['light-1', 'light:2', 'light_3'];

/** The same flow in either API, in the terms of API 3.0. */
interface Dialect {
  create(deviceNames: readonly string[], productId?: string): { taskId?: string; code?: string };
  status(taskId: string, productId?: string): number | string | undefined;
  page(
    taskId: string,
    from?: number,
    count?: number,
    productId?: string,
  ): { total?: number; devices?: Listed[]; code?: string };
}

interface Listed {
  name: string;
  result: number;
  psk?: string | null;
  certificate?: string | null;
  privateKey?: string | null;
  message?: string | null;
}

const api3: Dialect = {
  create: (DeviceNames, ProductId = emulator.tencent.productId) => {
    const { body, code } = callTc3(emulator, 'CreateMultiDevice', { ProductId, DeviceNames });
    return { taskId: body.TaskId as string, code };
  },
  status: (TaskId, ProductId = emulator.tencent.productId) => {
    const { body, code } = callTc3(emulator, 'DescribeMultiDevTask', { ProductId, TaskId });
    return code ?? (body.TaskStatus as number);
  },
  page: (TaskId, Offset = 0, Limit = 100, ProductId = emulator.tencent.productId) => {
    const { body, code } = callTc3(emulator, 'DescribeMultiDevices', { ProductId, TaskId, Offset, Limit });
    const devices = body.DevicesInfo as Record<string, unknown>[] | undefined;
    return {
      code,
      total: body.TotalDevNum as number,
      devices: devices?.map((device) => ({
        ...{ name: device.DeviceName as string, result: device.Result as number },
        ...{ psk: device.DevicePsk as string, certificate: device.DeviceCert as string },
        ...{ privateKey: device.DevicePrivateKey as string, message: device.ErrMsg as string },
      })),
    };
  },
};

const moduleCode = (message: string) => /^\((\d+)\)/.exec(message)?.[1];

const api2: Dialect = {
  create: (listDeviceName, productID = emulator.tencent.productId) => {
    const { body, message } = callLegacy(emulator, 'CreateMultiDevice', { productID, listDeviceName });
    return { taskId: body.taskID as string, code: moduleCode(message) };
  },
  status: (taskID, productID = emulator.tencent.productId) => {
    const { body, message } = callLegacy(emulator, 'GetCreateMultiDevTask', { productID, taskID });
    return moduleCode(message) ?? (body.taskStatus as number);
  },
  page: (taskID, from = 0, pageSize = 100, productID = emulator.tencent.productId) => {
    const parameters = { productID, taskID, pageNum: from / pageSize + 1, pageSize };
    const { body, message } = callLegacy(emulator, 'GetMultiDevices', parameters);
    const devices = body.listCreateDeviceInfo as Record<string, unknown>[] | undefined;
    return {
      code: moduleCode(message),
      total: body.totalDevNum as number,
      devices: devices?.map((device) => ({
        ...{ name: device.deviceName as string, result: device.result as number },
        ...{ psk: device.devicePsk as string, certificate: device.deviceCert as string },
        ...{ privateKey: device.devicePrivateKey as string, message: device.errMsg as string },
      })),
    };
  },
};

const dialects: [string, Dialect, { noProduct: string; noTask: string; otherProduct: string; invalid: string }][] = [
  [
    'API 3.0',
    api3,
    {
      noProduct: 'ResourceNotFound.ProductNotExist',
      noTask: 'ResourceNotFound.CreateMultiDeviceTaskNotExist',
      otherProduct: 'FailedOperation.TaskIDNotMatch',
      invalid: 'InvalidParameterValue',
    },
  ],
  ['API 2.0', api2, { noProduct: '1004', noTask: '2006', otherProduct: '2012', invalid: '2101' }],
];

describe.each(dialects)('a batch by %s', (_, api, codes) => {
  const begun = (deviceNames: readonly string[] = names, productId?: string) => {
    const { taskId, code } = api.create(deviceNames, productId);
    if (!taskId) throw new Error(code);
    return taskId;
  };
  const ended = (deviceNames?: readonly string[], productId?: string) => {
    const taskId = begun(deviceNames, productId);
    clock.pass(60_000);
    return taskId;
  };

  test('is not started, then running, then finished', () => {
    const taskId = begun();
    expect(taskId).toMatch(/^[a-z0-9]{16}$/);
    expect(api.status(taskId)).toBe(0);
    expect(emulator.tencent.devices()).toEqual([]);
    clock.pass(1_000);
    expect(api.status(taskId)).toBe(1);
    clock.pass(1_002);
    expect(api.status(taskId)).toBe(1);
    expect(emulator.tencent.devices()).toHaveLength(2);
    clock.pass(1);
    expect(api.status(taskId)).toBe(2);
    expect(emulator.tencent.devices().map(({ deviceName }) => deviceName)).toEqual(names);
  });

  test('gives each device a certificate of its own, with the key that belongs to it', () => {
    const { devices = [], total } = api.page(ended());
    expect(total).toBe(3);
    expect(devices.map(({ name }) => name)).toEqual(names);
    for (const { name, certificate, privateKey, psk, result } of devices) {
      expect({ psk, result }).toEqual({ psk: undefined, result: 0 });
      const read = new X509Certificate(certificate ?? '');
      expect(read.subject).toBe(`O=${emulator.tencent.productId}\nCN=${name}`);
      expect(read.checkPrivateKey(createPrivateKey(privateKey ?? ''))).toBe(true);
      expect(() => createSecureContext({ cert: certificate ?? '', key: privateKey ?? '' })).not.toThrow();
      expect(certificate).toMatch(/^-----BEGIN CERTIFICATE-----\n[^]*\n-----END CERTIFICATE-----$/);
      expect(privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n[^]*\n-----END PRIVATE KEY-----\n$/);
    }
    expect(new Set(devices.map(({ certificate }) => certificate)).size).toBe(3);
  });

  test('gives devices of the other kind of product a key of 16 bytes', () => {
    const { devices = [] } = api.page(ended(names, pskProduct), 0, 100, pskProduct);
    for (const { psk, certificate, privateKey } of devices) {
      expect(Buffer.from(psk ?? '', 'base64')).toHaveLength(16);
      expect([certificate, privateKey]).toEqual([undefined, undefined]);
    }
  });

  test('is paged', () => {
    const many = Array.from({ length: 25 }, (__, index) => `light-${index}`);
    const taskId = ended(many);
    const pages = [0, 10, 20, 30].map((from) => api.page(taskId, from, 10));
    expect(pages.map(({ total, devices }) => [total, devices?.length])).toEqual([
      [25, 10],
      [25, 10],
      [25, 5],
      [25, 0],
    ]);
    expect(pages.flatMap(({ devices = [] }) => devices.map(({ name }) => name))).toEqual(many);
  });

  test('fails for names that exist, which its finished task does not say by itself', () => {
    emulator.tencent.seed({ devices: [{ productId: emulator.tencent.productId, deviceName: 'light:2' }] });
    const taskId = ended();
    expect(api.status(taskId)).toBe(2);
    expect(api.page(taskId).devices?.[1]).toEqual({ name: 'light:2', result: 2001 });
    expect(emulator.tencent.devices()).toHaveLength(3);
  });

  test('creates as many devices as the product may have', () => {
    emulator.tencent.quotas.devicesPerProduct = 2;
    expect(api.page(ended()).devices?.map(({ result }) => result)).toEqual([0, 0, 2000]);
  });

  test('can be asked for a month, with its keys, and then no more', () => {
    const taskId = ended();
    clock.pass(30 * 24 * 3_600_000 - 60_000);
    expect(api.page(taskId).devices?.every(({ privateKey }) => privateKey)).toBe(true);
    clock.pass(1);
    expect(api.status(taskId)).toBe(codes.noTask);
    expect(api.page(taskId).code).toBe(codes.noTask);
    expect(emulator.tencent.devices()).toHaveLength(3);
  });

  test('has a task of its product only', () => {
    const taskId = ended();
    expect(api.status(taskId, pskProduct)).toBe(codes.otherProduct);
    expect(api.page(taskId, 0, 100, pskProduct).code).toBe(codes.otherProduct);
    expect(api.status('nothing')).toBe(codes.noTask);
  });

  test.each([
    ['101 names', Array.from({ length: 101 }, (__, index) => `light-${index}`)],
    ['a name of 49 characters', ['light-1', 'x'.repeat(49)]],
    ['a name with a dot', ['light.1']],
  ])('is refused with %s', (__, deviceNames) => {
    const { code } = api.create(deviceNames);
    expect(code).toBe(codes.invalid);
    expect(emulator.tencent.hub.tasks.list()).toEqual([]);
  });

  test('is refused for a product that does not exist', () => {
    expect(api.create(names, 'NOTHING').code).toBe(codes.noProduct);
  });

  test('has devices whose names are the longest that may be', () => {
    expect(api.page(ended(['x'.repeat(48), 'a'])).devices?.map(({ result }) => result)).toEqual([0, 0]);
  });

  test('sent again makes another task, in which every name exists', () => {
    const first = begun();
    const second = ended();
    expect(second).not.toBe(first);
    expect(api.page(first).devices?.map(({ result }) => result)).toEqual([0, 0, 0]);
    expect(api.page(second).devices?.map(({ result }) => result)).toEqual([2001, 2001, 2001]);
  });

  test('makes devices that the journal names with task, request and identity', () => {
    const taskId = ended(['light-1']);
    emulator.settle();
    const [event] = emulator.journal.deviceEvents();
    expect(event).toMatchObject({ cloud: 'tencent', event: 'created', deviceName: 'light-1', jobId: taskId });
    expect(event?.identity).toBe(emulator.tencent.device('light-1')?.identity);
    expect(event?.requestId).toBe(emulator.journal.calls('CreateMultiDevice')[0]?.requestId);
    expect(emulator.journal.calls('CreateMultiDevice')).toMatchObject([
      { cloud: 'tencent', executed: true, accessKeyId: emulator.tencent.apiKey.secretId },
    ]);
  });

  test('has no secret in the journal, and all of them in the list of those that were issued', () => {
    const { devices = [] } = api.page(ended());
    const journal = JSON.stringify([emulator.journal.calls(), emulator.journal.deviceEvents()]);
    const issued = emulator.tencent.hub.issuedSecrets();
    expect(issued).toHaveLength(3);
    for (const { privateKey } of devices) {
      expect(issued).toContain(privateKey);
      expect(journal).not.toContain(JSON.stringify(privateKey).slice(1, -1));
    }
  });

  describe('where the vendor is silent', () => {
    const results = (deviceNames: readonly string[]) =>
      api.page(ended(deviceNames)).devices?.map(({ name, result }) => [name, result]);

    test('a repeated name fails the second time, counts once, or is refused', () => {
      expect(results(['a', 'a'])).toEqual([
        ['a', 0],
        ['a', 2001],
      ]);
      assume({ repeatedNames: 'merged' });
      expect(results(['b', 'b'])).toEqual([['b', 0]]);
      assume({ repeatedNames: 'refused' });
      expect(api.create(['c', 'c']).code).toBe(codes.invalid);
    });

    test('a malformed name may fail alone', () => {
      assume({ malformedNames: 'result' });
      expect(results(['a', 'b c'])).toEqual([
        ['a', 0],
        ['b c', 2101],
      ]);
    });

    test('names that differ in case only may be the same', () => {
      assume({ deviceNameCase: 'ignored' });
      expect(results(['a', 'A'])).toEqual([
        ['a', 0],
        ['A', 2001],
      ]);
    });

    test('fields that are not used may be empty or null, and failures may have a text', () => {
      emulator.tencent.seed({ devices: [{ productId: emulator.tencent.productId, deviceName: 'a' }] });
      const taskId = ended(['a']);
      const unused = (value: '' | null) => ({ psk: value, certificate: value, privateKey: value });
      assume({ unusedFields: 'empty' });
      expect(api.page(taskId).devices).toEqual([{ name: 'a', result: 2001, ...unused(''), message: '' }]);
      assume({ unusedFields: 'null', textsOfFailures: 'present' });
      expect(api.page(taskId).devices).toEqual([
        { name: 'a', result: 2001, ...unused(null), message: 'The device name already exists.' },
      ]);
    });

    test.each([
      ['byName', ['a', 'b', 'c']],
      ['backwards', ['b', 'c', 'a']],
    ] as const)('pages may come %s', (orderOfTaskPage, order) => {
      assume({ orderOfTaskPage });
      expect(results(['a', 'c', 'b'])?.map(([name]) => name)).toEqual(order);
    });

    test('deleted devices may be left out', () => {
      const taskId = ended();
      emulator.tencent.deleteDevice('light-1');
      expect(api.page(taskId)).toMatchObject({ total: 3, devices: [{ name: 'light-1', result: 0 }, {}, {}] });
      assume({ deletedDevicesOfTask: 'leftOut' });
      expect(api.page(taskId)).toMatchObject({ total: 2, devices: [{ name: 'light:2' }, {}] });
    });

    test('a page may have other bounds', () => {
      const taskId = ended();
      expect(api.page(taskId, 0, 101).code).toBe(codes.invalid);
      assume({ limitOfTaskPage: { least: 10, most: 250 } });
      expect(api.page(taskId, 0, 250).code).toBeUndefined();
      expect(api.page(taskId, 0, 9).code).toBe(codes.invalid);
    });
  });

  describe('in trouble', () => {
    test('some devices are not created, with the result and the text that a fault names', () => {
      emulator.faults.add({ fault: { kind: 'failCreate', names: ['light:2'], result: 2999, reason: '失败' } });
      expect(api.page(ended()).devices).toMatchObject([
        { name: 'light-1', result: 0 },
        { name: 'light:2', result: 2999, message: '失败' },
        { name: 'light_3', result: 0 },
      ]);
    });

    test('a creation fails with an internal error where the fault names none', () => {
      emulator.faults.add({ fault: { kind: 'failCreate', count: 1 } });
      expect(api.page(ended()).devices?.map(({ result }) => result)).toEqual([2100, 0, 0]);
    });

    test.each([
      ['CHECK', 0],
      ['CREATE', 1],
    ] as const)('a task that is stuck in %s has the status %i for ever', (phase, status) => {
      emulator.faults.add({ fault: { kind: 'stuckJob', phase } });
      expect(api.status(ended())).toBe(status);
      expect(emulator.tencent.devices()).toEqual([]);
    });

    test('a status that nobody has documented', () => {
      emulator.faults.add({ fault: { kind: 'status', status: '3' } });
      expect(api.status(ended())).toBe(3);
    });

    test('the product is deleted meanwhile', () => {
      const taskId = begun();
      emulator.tencent.hub.removeProduct(emulator.tencent.hub.existingProduct(emulator.tencent.productId));
      clock.pass(60_000);
      expect(api.page(taskId).devices?.map(({ result }) => result)).toEqual([2100, 2100, 2100]);
    });
  });
});

test('API 3.0 refuses the pages of a task that has not finished', () => {
  const { taskId = '' } = api3.create(names);
  clock.pass(1_500);
  expect(api3.page(taskId).code).toBe('UnauthorizedOperation.CreateMultiDeviceTaskNotFinished');
});

test.each([
  ['partial', { total: 3, devices: [{ name: 'light-1', result: 0 }] }],
  ['empty', { total: 3, devices: [] }],
  ['refuse', { code: '2100' }],
] as const)('API 2.0, whose pages are silent about that: %s', (legacyPageBeforeEnd, expected) => {
  assume({ legacyPageBeforeEnd });
  const { taskId = '' } = api2.create(names);
  clock.pass(2_001);
  expect(api2.page(taskId)).toMatchObject(expected);
});

test('API 2.0 may do without the product of a task', () => {
  const { taskId = '' } = api2.create(names);
  clock.pass(60_000);
  const page = () => callLegacy(emulator, 'GetMultiDevices', { taskID: taskId, pageNum: 1, pageSize: 10 });
  expect(page().message).toContain('productID');
  assume({ legacyProductOfTask: 'optional' });
  expect(page().body).toMatchObject({ code: 0, totalDevNum: 3 });
  expect(callLegacy(emulator, 'GetCreateMultiDevTask', { taskID: taskId }).body).toMatchObject({ taskStatus: 2 });
});

test('a call without names is incomplete', () => {
  expect(api3.create([]).code).toBe('MissingParameter');
  expect(api2.create([]).code).toBe('2101');
});

test.each([
  ['ResourceNotFound.CreateMultiDeviceTaskNotExist', 'FailedOperation.TaskIDNotMatch'],
  ['ResourceNotFound.TaskNotExist', 'InvalidParameterValue.TaskIDNotMatch'],
] as const)(
  'a task may be told to be missing as %s, and another product’s as %s',
  (unknownTask, taskOfOtherProduct) => {
    assume({ unknownTask, taskOfOtherProduct });
    const { taskId = '' } = api3.create(names);
    expect(api3.status('nothing')).toBe(unknownTask);
    expect(api3.status(taskId, pskProduct)).toBe(taskOfOtherProduct);
  },
);

test('both APIs and all signatures work on the same devices', () => {
  const { taskId = '' } = api2.create(names);
  clock.pass(60_000);
  expect(api3.page(taskId)).toEqual(api2.page(taskId));
  const parameters = { ProductId: emulator.tencent.productId, TaskId: taskId };
  expect(callVersion1(emulator, 'DescribeMultiDevTask', parameters).body).toMatchObject({ TaskStatus: 2 });
  const flat = { ProductId: emulator.tencent.productId, DeviceNames: ['light-4'] };
  const options = { method: 'POST', signatureMethod: 'HmacSHA256' } as const;
  expect(callVersion1(emulator, 'CreateMultiDevice', flat, options).body.TaskId).toMatch(/^[a-z0-9]{16}$/);
});

test('the same seed makes the same devices, whatever the other cloud is asked', () => {
  const made = (seed: string) => {
    const { tencent } = new IotEmulator({ clock, seed });
    tencent.seed({ devices: [{ productId: tencent.productId, deviceName: 'light-1' }] });
    return [tencent.apiKey, tencent.productId, tencent.device('light-1')?.identity];
  };
  expect(made('a')).toEqual(made('a'));
  expect(made('a')).not.toEqual(made('b'));
});
