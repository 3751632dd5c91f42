import type { AliyunReference } from '../../batch/contract/cloud-reference';
import { CloudError } from '../../batch/ports/cloud';
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
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin = url !== undefined && url.pathname === '/' && url.search + url.hash + url.username === '';
  if (!isOrigin || !['https:', 'http:'].includes(url.protocol)) {
    throw new CloudError(
      'permanent',
      'InvalidEndpoint',
      'the endpoint is no host and no origin – write it like iot-vpc.cn-shanghai.aliyuncs.com or http://127.0.0.1:8080 [InvalidEndpoint]',
      { operation: 'connect' },
    );
  }
  return url;
}
