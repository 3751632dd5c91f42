/** What an account may have at most (help.aliyun.com 30527). */
export interface Quotas {
  /** An instance of the MQTT type has one product only. @default 1,000 */
  productsPerInstance: number;
  /** @default 3,000,000 in cn-shanghai, 1,000,000 elsewhere */
  devicesPerProduct: number;
  /** New public instances: 500; old ones: 1,000,000; enterprise instances: what was bought. @default 1,000,000 */
  devicesPerInstance: number;
}

export function documentedQuotas(region: string): Quotas {
  return {
    productsPerInstance: 1_000,
    devicesPerProduct: region === 'cn-shanghai' ? 3_000_000 : 1_000_000,
    devicesPerInstance: 1_000_000,
  };
}
