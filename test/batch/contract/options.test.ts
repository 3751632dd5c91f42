import { parseOptions } from '../../../lib/batch/contract';

const least = {
  cloud: { aliyun: { region: 'cn-shanghai', productKey: 'a1BwAGV0001' } },
  devices: { sequence: { prefix: 'light-', count: 3 } },
  timeoutSeconds: 900,
};

describe('the options as they travel', () => {
  it('have defaults for what is left out', () => {
    expect(parseOptions(least)).toEqual({
      ...least,
      version: 1,
      onExisting: 'fail',
      deleteActivated: false,
      onPartialFailure: 'rollBack',
      removalPolicy: 'destroy',
      deviceCredentials: 'store',
    });
  });

  it('are understood as CloudFormation sends them: every scalar a text, with members of its own', () => {
    const sent = {
      ServiceToken: 'arn:aws:lambda:eu-central-1:123456789012:function:framework-onEvent',
      ServiceTimeout: '1200',
      version: '1',
      cloud: { aliyun: { region: 'cn-shanghai', productKey: 'a1BwAGV0001', signature: 'HMAC-SHA1' } },
      devices: { sequence: { prefix: 'light-', count: '3', start: '0', pad: '2' } },
      deleteActivated: 'true',
      timeoutSeconds: '900',
    };
    expect(parseOptions(sent)).toMatchObject({
      cloud: { aliyun: { signature: 'HMAC-SHA1' } },
      devices: { sequence: { prefix: 'light-', count: 3, start: 0, pad: 2 } },
      deleteActivated: true,
      timeoutSeconds: 900,
    });
  });

  it.each([
    [{ named: ['a', 'b'] }],
    [{ assignedByCloud: { count: '7' } }, { assignedByCloud: { count: 7 } }],
    [{ fromJob: { id: '1295006' } }],
  ])('take devices as %j', (devices, expected: object = devices) => {
    expect(parseOptions({ ...least, devices }).devices).toEqual(expected);
  });

  it.each([
    [
      'no devices',
      { ...least, devices: {} },
      'devices: one of named, sequence, file, generated, assignedByCloud, fromJob is needed',
    ],
    ['a count that is none', { ...least, devices: { sequence: { prefix: '', count: 'many' } } }, 'devices'],
    ['an unknown signature', { ...least, cloud: { aliyun: { ...least.cloud.aliyun, signature: 'MD5' } } }, 'signature'],
    ['no cloud', { ...least, cloud: {} }, 'exactly one of aliyun, tencent'],
    [
      'two clouds',
      { ...least, cloud: { ...least.cloud, tencent: { productId: 'ABCDE12345' } } },
      'exactly one of aliyun, tencent',
    ],
    [
      'an unknown version of an API',
      { ...least, cloud: { tencent: { productId: 'P', apiVersion: '1.0' } } },
      'apiVersion',
    ],
    ['no product of Tencent', { ...least, cloud: { tencent: {} } }, 'cloud.tencent.productId'],
    ['no product', { ...least, cloud: { aliyun: { region: 'cn-shanghai' } } }, 'cloud.aliyun.productKey'],
    ['a count that is true', { ...least, devices: { sequence: { prefix: '', count: true } } }, 'devices'],
    ['a count that is nothing', { ...least, devices: { sequence: { prefix: '', count: null } } }, 'devices'],
    ['a time-out that is empty', { ...least, timeoutSeconds: '' }, 'timeoutSeconds'],
    ['a time-out with a unit', { ...least, timeoutSeconds: '900s' }, 'timeoutSeconds'],
    ['a wish that is neither true nor false', { ...least, deleteActivated: 'yes' }, 'deleteActivated'],
    ['a time-out below 0', { ...least, timeoutSeconds: '-1' }, 'timeoutSeconds: must not be below 0'],
    ['nothing', undefined, 'options'],
  ])('with %s are refused, naming the member', (_what, properties, said) => {
    expect(() => parseOptions(properties)).toThrow(expect.objectContaining({ code: 'InvalidOptions' }) as Error);
    expect(() => parseOptions(properties)).toThrow(said);
  });

  it('with many mistakes are refused with the first three of them', () => {
    const wrong = { cloud: {}, devices: {}, onExisting: 'x', removalPolicy: 'x', timeoutSeconds: 'x' };
    let message = '';
    try {
      parseOptions(wrong);
    } catch (error) {
      ({ message } = error as Error);
    }
    expect(message).toMatch(/^the options of the batch cannot be read: cloud: .*; devices: .*; onExisting: [^;]*$/);
  });

  it('may say of the other cloud that it is none, of a wish that it is false, and of a time-out that it is 0', () => {
    const sent = {
      ...least,
      cloud: { ...least.cloud, tencent: undefined },
      deleteActivated: 'false',
      timeoutSeconds: '0',
    };
    expect(parseOptions(sent)).toMatchObject({ deleteActivated: false, timeoutSeconds: 0 });
  });

  it.each(['2', 2, '2.75'])('of the newer major version %p are refused, with what to do', (version) => {
    expect(() => parseOptions({ ...least, version })).toThrow(/version 2,.*deploy with the newer package/);
  });

  it('of a newer minor version are read', () => {
    expect(parseOptions({ ...least, version: '1.75' })).toMatchObject(least);
  });
});
