/** What an account may have at most (tencentcloud.com 1105/41464). */
export interface TencentQuotas {
  /** @default 2,000 */
  products: number;
  /** @default 1,000,000 */
  devicesPerProduct: number;
}

export const documentedTencentQuotas: Readonly<TencentQuotas> = { products: 2_000, devicesPerProduct: 1_000_000 };
