import { endpointOf } from '../../../lib/clouds/tencent/endpoint';

test.each([
  [{}, 'https://iotcloud.tencentcloudapi.com'],
  [{ apiVersion: '2.0' as const }, 'https://iotcloud.api.qcloud.com'],
  [{ endpoint: 'iotcloud.ap-shanghai.tencentcloudapi.com' }, 'https://iotcloud.ap-shanghai.tencentcloudapi.com'],
  [{ apiVersion: '2.0' as const, endpoint: 'http://127.0.0.1:8280' }, 'http://127.0.0.1:8280'],
])('the calls of %j go to %s', (reference, origin) => {
  expect(endpointOf(reference).origin).toBe(origin);
});

test.each(['http://host/path', 'ftp://host', 'a b'])('%s is no endpoint', (endpoint) => {
  expect(() => endpointOf({ endpoint })).toThrow(expect.objectContaining({ vendorCode: 'InvalidEndpoint' }) as Error);
});
