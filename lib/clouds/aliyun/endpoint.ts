import type { AliyunReference } from '../../batch/contract/cloud-reference';
import { originOf } from '../http/endpoint';
import { aliyunLimits } from './limits';

/**
 * Where a product's calls go: `https://iot.<region>.aliyuncs.com` (help.aliyun.com 30560), or the reference's own
 * endpoint, a host or an origin, with https unless it says `http:`.
 *
 * @throws CloudError `InvalidEndpoint` if the endpoint is neither.
 */
export function endpointOf({ region, endpoint }: Pick<AliyunReference, 'region' | 'endpoint'>): URL {
  if (endpoint === undefined) {
    // The SDK sends every other region to the central host (npm @alicloud/iot20180120, client.ts).
    const regional = aliyunLimits.regions?.includes(region) ?? false;
    return new URL(regional ? `https://iot.${region}.aliyuncs.com` : 'https://iot.aliyuncs.com');
  }
  return originOf(endpoint, 'iot-vpc.cn-shanghai.aliyuncs.com');
}
