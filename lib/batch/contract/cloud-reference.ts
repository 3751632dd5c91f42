/**
 * Which product of which cloud a batch belongs to, as it travels in CloudFormation properties and Pulumi inputs.
 * Exactly one member is set.
 */
export interface CloudReference {
  aliyun: AliyunReference;
}

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
};

/**
 * What makes two references the same product: cloud, region, instance and product. The endpoint is a way to get there
 * and no part of it.
 */
export function cloudKey({ aliyun }: CloudReference): string {
  return ['aliyun', aliyun.region, aliyun.instanceId ?? '', aliyun.productKey].join('/');
}
