import { BatchError } from '../errors';
import type { AliyunReference, CloudReference, TencentReference } from './cloud-reference';
import type { CloudLimits } from './limits';
import { shown } from './shown';

/**
 * What can be said of a reference without the cloud. `isKnown`: whether a value is one, rather than what stands for a value that
 * will be known later.
 *
 * @throws BatchError `UnknownRegion`, `InvalidCloud` or `InvalidEndpoint` for the first member that cannot be right.
 */
export function validateReference(
  { aliyun, tencent }: CloudReference,
  limits: CloudLimits,
  isKnown: (value: string) => boolean = () => true,
): void {
  if (aliyun) validateAliyun(aliyun, limits, isKnown);
  else validateTencent(tencent, isKnown);
}

type IsKnown = (value: string) => boolean;

function validateTencent({ productId, region, endpoint }: TencentReference, isKnown: IsKnown): void {
  if (isKnown(productId)) validateId('productId', productId, 'its product page shows it, e.g. ABCDE12345');
  if (region !== undefined && isKnown(region)) validateId('region', region, 'e.g. ap-guangzhou');
  if (endpoint !== undefined && isKnown(endpoint)) {
    validateEndpoint(endpoint, 'iotcloud.ap-shanghai.tencentcloudapi.com');
  }
}

function validateAliyun(aliyun: AliyunReference, limits: CloudLimits, isKnown: IsKnown): void {
  const { region, productKey, instanceId, endpoint } = aliyun;
  if (endpoint === undefined && isKnown(region) && limits.regions?.includes(region) === false) {
    throw new BatchError(
      'UnknownRegion',
      `region is ${shown(region)}, where ${limits.title} is not offered: use one of ` +
        `${limits.regions.join(', ')}, or give the endpoint as well`,
    );
  }
  if (isKnown(productKey)) validateId('productKey', productKey, 'its product page shows it, e.g. a1BwAGV0001');
  if (instanceId !== undefined && isKnown(instanceId)) {
    validateId('instanceId', instanceId, "the instance's overview page shows it, e.g. iot-060a02fl");
  }
  if (endpoint !== undefined && isKnown(endpoint)) validateEndpoint(endpoint, 'iot-vpc.cn-shanghai.aliyuncs.com');
}

/** Ids are the vendor's own; only what cannot be one is refused, such as the masked `a1BwAGV****` of its samples. */
function validateId(member: string, value: string, whereToFind: string): void {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(value)) return;
  throw new BatchError(
    'InvalidCloud',
    `${member} is ${shown(value)}; it consists of letters, digits, - and _ (${whereToFind})`,
  );
}

function validateEndpoint(endpoint: string, example: string): void {
  const origin = /^[a-z][a-z0-9+.-]*:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}`;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  const isOrigin = url?.pathname === '/' && url.search + url.hash + url.username + url.password === '';
  if (isOrigin && ['https:', 'http:'].includes(url.protocol)) return;
  throw new BatchError(
    'InvalidEndpoint',
    `endpoint is ${shown(endpoint)}, which is neither a host nor an origin: write it like ` +
      `${example} or http://127.0.0.1:8080, without path, query and user`,
  );
}
