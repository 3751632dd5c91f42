import {
  cloudKey,
  countNames,
  expandNames,
  namesKnown,
  validateSelection,
  type DeviceSelection,
} from '../../../lib/batch/contract';
import { aliyunLimits } from '../../../lib/clouds/aliyun/limits';

describe('a sequence', () => {
  it('numbers from one, with three digits or more', () => {
    const names = expandNames({ sequence: { prefix: 'light-', count: 1_000 } });
    expect([names[0], names[998], names[999]]).toEqual(['light-001', 'light-999', 'light-1000']);
  });

  it('keeps every name when it grows', () => {
    const before = expandNames({ sequence: { prefix: 'light-', count: 900 } });
    const after = expandNames({ sequence: { prefix: 'light-', count: 11_000 } });
    expect(after.slice(0, 900)).toEqual(before);
  });

  it('starts and pads as it is told', () => {
    expect(expandNames({ sequence: { prefix: 'x', count: 2, start: 0, pad: 5 } })).toEqual(['x00000', 'x00001']);
  });
});

describe('names', () => {
  const check =
    (...names: string[]) =>
    () =>
      validateSelection({ named: names }, aliyunLimits);

  it.each([['abc'], ['a b c d'], ['a'.repeat(33)], ['灯-0001'], ['light/1'], ['light-1\n']])(
    'like %j are refused with the rule',
    (name) => {
      expect(check('light-1', name)).toThrow(/cannot be a device name on Alibaba Cloud.*4 to 32/);
      expect(check('light-1', name)).toThrow(JSON.stringify(name.slice(0, 80)).slice(1, -1));
    },
  );

  it('that are fine pass', () => {
    expect(check('abcd', 'A-z_0@9.:', 'a'.repeat(32))).not.toThrow();
  });

  it('that come twice are named', () => {
    expect(check('light-1', 'light-2', 'light-1')).toThrow('"light-1" is asked for more than once');
  });

  it('of which there are many wrong ones are cut short in the message', () => {
    const wrong = Array.from({ length: 1_000 }, (_, i) => `?${i}`);
    expect(check(...wrong)).toThrow(/"\?4" and 995 more/);
  });

  it('must be at least one', () => {
    expect(check()).toThrow('at least one device');
  });
});

describe('a count', () => {
  it.each([0, -1, 1.5, NaN, 1_000_001])('of %p is refused', (count) => {
    expect(() => validateSelection({ sequence: { prefix: 'light-', count } }, aliyunLimits)).toThrow(
      `count is ${count}`,
    );
    expect(() => validateSelection({ assignedByCloud: { count } }, aliyunLimits)).toThrow(`count is ${count}`);
  });

  it.each([1, 1_000_000])('of %p is fine', (count) => {
    expect(() => validateSelection({ assignedByCloud: { count } }, aliyunLimits)).not.toThrow();
  });

  it.each<[DeviceSelection, number, boolean]>([
    [{ named: ['a', 'b'] }, 2, true],
    [{ sequence: { prefix: 'x', count: 100_000 } }, 100_000, true],
    [{ file: { source: 'file:names', names: { count: 7, chunks: [], set: '' } } }, 7, true],
    [{ generated: { count: 6 } }, 6, false],
    [{ assignedByCloud: { count: 5 } }, 5, false],
    [{ fromJob: { id: '1' } }, 0, false],
  ])('of %j is known without making the names', (selection, count, known) => {
    expect(countNames(selection)).toBe(count);
    expect(namesKnown(selection)).toBe(known);
  });

  it('of names that the cloud invents needs a cloud that does', () => {
    const limits = { ...aliyunLimits, assignedPerJob: undefined };
    expect(() => validateSelection({ assignedByCloud: { count: 1 } }, limits)).toThrow('does not invent names');
  });
});

describe("a job's id", () => {
  it.each(['', '12 34', '12,34', 'x'.repeat(65)])('of %j is refused', (id) => {
    const refused = `${JSON.stringify(id)} cannot be the id of a job`;
    expect(() => validateSelection({ fromJob: { id } }, aliyunLimits)).toThrow(refused);
  });

  it.each(['1', '1295006', 'x'.repeat(64)])('of %j is fine', (id) => {
    expect(() => validateSelection({ fromJob: { id } }, aliyunLimits)).not.toThrow();
  });
});

describe('a product', () => {
  it('is another one in another region, in another instance, under another key, or on another cloud', () => {
    const [region, productKey] = ['cn-shanghai', 'a1BwAGV0001'];
    const products = [
      { aliyun: { region, productKey } },
      { aliyun: { region: 'ap-southeast-1', productKey } },
      { aliyun: { region, productKey, instanceId: 'iot-060a02fl' } },
      { aliyun: { region, productKey, instanceId: 'iot-060a02fm' } },
      { aliyun: { region, productKey: 'a1BwAGV0002' } },
      { tencent: { productId: productKey } },
      { tencent: { productId: 'ABCDE12345' } },
    ];
    expect(new Set(products.map(cloudKey)).size).toBe(products.length);
  });

  it('is the same by whatever way one gets there', () => {
    const aliyun = { region: 'cn-shanghai', productKey: 'a1BwAGV0001' };
    const tencent = { productId: 'ABCDE12345' };
    const way = { endpoint: 'http://emulator.test' };
    expect(cloudKey({ aliyun: { ...aliyun, ...way, signature: 'HMAC-SHA1' } })).toBe(cloudKey({ aliyun }));
    expect(cloudKey({ tencent: { ...tencent, ...way, region: 'ap-guangzhou', apiVersion: '2.0' } })).toBe(
      cloudKey({ tencent }),
    );
  });
});
