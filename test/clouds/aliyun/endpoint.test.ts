import { endpointOf } from '../../../lib/clouds/aliyun/endpoint';

describe('the endpoint', () => {
  test.each([
    ['cn-shanghai', undefined, 'https://iot.cn-shanghai.aliyuncs.com'],
    ['ap-southeast-1', undefined, 'https://iot.ap-southeast-1.aliyuncs.com'],
    ['cn-hongkong', undefined, 'https://iot.aliyuncs.com'],
    ['cn-shanghai', 'iot-vpc.cn-shanghai.aliyuncs.com', 'https://iot-vpc.cn-shanghai.aliyuncs.com'],
    ['cn-shanghai', 'localhost:8080', 'https://localhost:8080'],
    ['cn-shanghai', 'https://127.0.0.1/', 'https://127.0.0.1'],
    ['cn-shanghai', 'http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ])('of %s and %p is %s', (region, endpoint, origin) => expect(endpointOf({ region, endpoint }).origin).toBe(origin));

  test.each(['', 'ftp://host', 'https://host/path', 'https://user:s3cr3t@host', 'host?query', 'http://'])(
    'is never %p',
    (endpoint) => {
      const connect = () => endpointOf({ region: 'cn-shanghai', endpoint });
      expect(connect).toThrow(expect.objectContaining({ kind: 'permanent', vendorCode: 'InvalidEndpoint' }) as Error);
      expect(connect).not.toThrow('s3cr3t');
    },
  );
});
