import { CredentialCache } from '../../../lib/clouds/http/credentials';

describe("a connection's keys", () => {
  const source = (...values: string[]) => jest.fn(async (_refresh: boolean) => ({ key: values.shift() ?? 'last' }));

  test('are read once, however many calls need them', async () => {
    const read = source('one');
    const cache = new CredentialCache(read);
    await Promise.all([cache.get(), cache.get()]);
    await cache.get();
    expect(read.mock.calls).toEqual([[false]]);
  });

  test('are refreshed once, however many calls were refused together', async () => {
    const read = source('one', 'two');
    const cache = new CredentialCache(read);
    const refused = await cache.get();
    expect(await Promise.all([1, 2, 3].map(() => cache.replace(refused)))).toEqual(Array(3).fill({ key: 'two' }));
    expect(await cache.replace(refused)).toEqual({ key: 'two' });
    expect(read.mock.calls).toEqual([[false], [true]]);
  });

  test('are not replaced by the same', async () => {
    const cache = new CredentialCache(source('one', 'one'));
    expect(await cache.replace(await cache.get())).toBeUndefined();
  });

  test('are read once more where reading them anew failed', async () => {
    let fail: (error: Error) => void = () => undefined;
    const reads = [async () => ({ key: 'one' }), () => new Promise<{ key: string }>((_, reject) => (fail = reject))];
    const read = jest.fn((_refresh: boolean) => (reads.shift() ?? (async () => ({ key: 'three' })))());
    const cache = new CredentialCache(read);
    const refused = await cache.get();
    const replaced = cache.replace(refused);
    await new Promise((resolve) => setImmediate(resolve));
    fail(new Error('no network'));
    await expect(replaced).rejects.toThrow('no network');
    expect(await cache.get()).toEqual({ key: 'three' });
    expect(await cache.get()).toEqual({ key: 'three' });
    expect(read).toHaveBeenCalledTimes(3);
  });

  test('a failed read is not kept', async () => {
    const read = jest.fn().mockRejectedValueOnce(new Error('no network')).mockResolvedValueOnce({ key: 'one' });
    const cache = new CredentialCache(read);
    await expect(cache.get()).rejects.toThrow('no network');
    expect(await cache.get()).toEqual({ key: 'one' });
  });
});
