import { IotEmulator, startEmulator } from '../../emulator';

test('the same seed makes the same keys, products and devices; another makes others', () => {
  const made = (seed?: string) => {
    const { aliyun } = new IotEmulator({ seed });
    aliyun.seed({ devices: [{ productKey: aliyun.productKey, deviceName: 'light-1' }] });
    const { iotId, deviceSecret } = aliyun.device('light-1') ?? {};
    return { key: aliyun.accessKey, productKey: aliyun.productKey, iotId, deviceSecret };
  };
  expect(made()).toEqual(made());
  expect(made()).not.toEqual(made('another'));
  expect(made().productKey).toMatch(/^a1[A-Za-z0-9]{9}$/);
});

test('it starts on a free port of this machine, with the key and product that it was told', async () => {
  const running = await startEmulator({
    aliyun: {
      region: 'eu-central-1',
      accessKey: { accessKeyId: 'mine', accessKeySecret: 'too' },
      product: { productKey: 'a1BwAGV0001', instanceId: 'iot-060a' },
    },
    tencent: { apiKey: { secretId: 'ours', secretKey: 'as well' }, product: { productId: 'ABCDE12345' } },
  });
  expect(running.url).toBe(`http://127.0.0.1:${running.port}`);
  expect(running.aliyun).toEqual({
    accessKeyId: 'mine',
    accessKeySecret: 'too',
    productKey: 'a1BwAGV0001',
    region: 'eu-central-1',
    instanceId: 'iot-060a',
  });
  expect(running.tencent).toEqual({ secretId: 'ours', secretKey: 'as well', productId: 'ABCDE12345' });
  await running.close();
});

test('a taken port is an error', async () => {
  const running = await startEmulator();
  await expect(startEmulator({ port: running.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await running.close();
});

test('closing ends connections that are kept alive', async () => {
  const running = await startEmulator();
  await (await fetch(`${running.url}/_emulator/clock`)).json();
  await running.close();
  await expect(fetch(`${running.url}/_emulator/clock`)).rejects.toThrow();
});

test('a path that no cloud has is a 404', async () => {
  const running = await startEmulator();
  expect((await fetch(`${running.url}/nowhere`)).status).toBe(404);
  await running.close();
});
