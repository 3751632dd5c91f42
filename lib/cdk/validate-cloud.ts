import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { AliyunReference, CloudReference, TencentReference } from '../batch/contract/cloud-reference';
import type { CloudLimits } from '../batch/contract/limits';
import { refuseTokens } from './refuse-tokens';
import { SynthesisError } from './synthesis-error';

/**
 * Product, instance and endpoint may be known at deployment only. The region may not: it says which product is meant.
 *
 * @throws SynthesisError for the first member that cannot be right.
 */
export function validateCloud(scope: IConstruct, { aliyun, tencent }: CloudReference, limits: CloudLimits): void {
  if (aliyun) validateAliyun(scope, aliyun, limits);
  else validateTencent(scope, tencent);
}

function validateTencent(scope: IConstruct, { productId, region, endpoint }: TencentReference): void {
  validateId(scope, 'productId', productId, 'its product page shows it, e.g. ABCDE12345');
  if (region !== undefined) validateId(scope, 'region', region, 'e.g. ap-guangzhou');
  if (endpoint !== undefined) validateEndpoint(scope, endpoint, 'iotcloud.ap-shanghai.tencentcloudapi.com');
}

function validateAliyun(scope: IConstruct, aliyun: AliyunReference, limits: CloudLimits): void {
  const { region, productKey, instanceId, endpoint } = aliyun;
  refuseTokens(scope, { region });
  if (endpoint === undefined && limits.regions?.includes(region) === false) {
    throw new SynthesisError(
      scope,
      'UnknownRegion',
      `region is ${JSON.stringify(region)}, where ${limits.title} is not offered: use one of ` +
        `${limits.regions.join(', ')}, or give the endpoint as well`,
    );
  }
  validateId(scope, 'productKey', productKey, 'its product page shows it, e.g. a1BwAGV0001');
  if (instanceId !== undefined) {
    validateId(scope, 'instanceId', instanceId, "the instance's overview page shows it, e.g. iot-060a02fl");
  }
  if (endpoint !== undefined) validateEndpoint(scope, endpoint, 'iot-vpc.cn-shanghai.aliyuncs.com');
}

/** Ids are the vendor's own; only what cannot be one is refused, such as the masked `a1BwAGV****` of its samples. */
function validateId(scope: IConstruct, member: string, value: string, whereToFind: string): void {
  if (Token.isUnresolved(value) || /^[A-Za-z0-9_-]{1,64}$/.test(value)) return;
  throw new SynthesisError(
    scope,
    'InvalidCloud',
    `${member} is ${JSON.stringify(value)}; it consists of letters, digits, - and _ (${whereToFind})`,
  );
}

function validateEndpoint(scope: IConstruct, endpoint: string, example: string): void {
  if (Token.isUnresolved(endpoint)) return;
  const origin = /^[a-z][a-z0-9+.-]*:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}`;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  const isOrigin = url?.pathname === '/' && url.search + url.hash + url.username + url.password === '';
  if (isOrigin && ['https:', 'http:'].includes(url.protocol)) return;
  throw new SynthesisError(
    scope,
    'InvalidEndpoint',
    `endpoint is ${JSON.stringify(endpoint)}, which is neither a host nor an origin: write it like ` +
      `${example} or http://127.0.0.1:8080, without path, query and user`,
  );
}
