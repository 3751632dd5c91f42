import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CONCURRENCY } from '../../../lib/clouds/tencent/device-listing';
import { startBench } from './harness';

test('deletions wait for no socket while the product is listed beside them', async () => {
  const open: ServerResponse[] = [];
  const server = createServer((_request, response) => void open.push(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bench = await startBench();
  const cloud = bench.connect({
    reference: { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
  });
  const calls = cloud.traits.concurrency + CONCURRENCY;
  const deletions = Array.from({ length: calls }, (_, i) => cloud.delete({ name: `light-${i}`, identity: 'any' }));
  const ends = Promise.allSettled(deletions);
  for (let waited = 0; open.length < calls && waited < 1_000; waited += 20) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(open).toHaveLength(calls);
  const Error = { Code: 'ResourceNotFound.DeviceNotExist', Message: 'gone' };
  for (const response of open) response.end(JSON.stringify({ Response: { Error, RequestId: 'r' } }));
  expect(await ends).toEqual(deletions.map(() => ({ status: 'fulfilled', value: 'gone' })));
  await bench.close();
  await new Promise((resolve) => server.close(resolve));
});
