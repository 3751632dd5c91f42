import type { TencentReference } from '../../batch/contract/cloud-reference';
import { originOf } from '../http/endpoint';

/**
 * Where a product's calls go: the vendor's host of the API (npm tencentcloud-sdk-nodejs, iotcloud; the vendor's page of
 * GetMultiDevices), or the reference's own endpoint, a host or an origin, with https unless it says `http:`.
 *
 * @throws CloudError `InvalidEndpoint` if the endpoint is neither.
 */
export function endpointOf({ apiVersion = '3.0', endpoint }: Pick<TencentReference, 'apiVersion' | 'endpoint'>): URL {
  if (endpoint !== undefined) return originOf(endpoint, 'iotcloud.ap-guangzhou.tencentcloudapi.com');
  return new URL(apiVersion === '3.0' ? 'https://iotcloud.tencentcloudapi.com' : 'https://iotcloud.api.qcloud.com');
}
