/**
 * Which product of which cloud a batch belongs to, as it travels in CloudFormation properties and Pulumi inputs.
 * Exactly one member is set.
 */
export type CloudReference =
  { aliyun: AliyunReference; tencent?: undefined } | { tencent: TencentReference; aliyun?: undefined };

export type CloudName = 'aliyun' | 'tencent';

/** A product of Alibaba Cloud IoT Platform. */
export type AliyunReference = {
  /** E.g. `cn-shanghai`. */
  region: string;
  /** The product's key, e.g. `a1BwAGV0001`. */
  productKey: string;
  /** The instance's id, if its overview page shows one (then every call needs it), e.g. `iot-060a02fl`. */
  instanceId?: string;
  /** Overrides the public host: a private endpoint or an emulator. Plain `http:` only when written so here. */
  endpoint?: string;
  /** How calls are signed. Both reach the same product, so it is no part of its identity. @default 'ACS3-HMAC-SHA256' */
  signature?: AliyunSignature;
};

/** A product of Tencent Cloud IoT Hub. */
export type TencentReference = {
  /** The product's id, e.g. `ABCDE12345`. */
  productId: string;
  /** @default 'ap-guangzhou', the one region that products can be in */
  region?: string;
  /** `2.0` is the legacy API. Both reach the same product, so it is no part of its identity. @default '3.0' */
  apiVersion?: TencentApiVersion;
  /** Overrides the public host: a private endpoint or an emulator. Plain `http:` only when written so here. */
  endpoint?: string;
};

export type TencentApiVersion = (typeof tencentApiVersions)[number];

export const tencentApiVersions = ['3.0', '2.0'] as const;

/** `HMAC-SHA1` is what the product's pages describe, for gateways that do not take the newer scheme of the vendor's SDKs. */
export type AliyunSignature = (typeof aliyunSignatures)[number];

export const aliyunSignatures = ['ACS3-HMAC-SHA256', 'HMAC-SHA1'] as const;

/**
 * What makes two references the same product: cloud, region, instance and product. The endpoint, the signature and the version
 * of the API are a way to get there and no part of it; nor is Tencent's region, which all of its products have in common.
 */
export function cloudKey({ aliyun, tencent }: CloudReference): string {
  if (aliyun) return ['aliyun', aliyun.region, aliyun.instanceId ?? '', aliyun.productKey].join('/');
  return ['tencent', tencent.productId].join('/');
}
