import type { AliyunClient } from './client';
import { QueryProduct, type Product } from './device-operations';
import { refuse } from './failure';

/** Reads the product. @throws CloudError if it does not exist, or if its devices have more than one secret each. */
export async function inspectProduct(client: AliyunClient, productKey: string): Promise<{ devices?: number }> {
  const { Data } = await client.call(QueryProduct, { ProductKey: productKey });
  const other = otherAuthentication(Data);
  if (other !== undefined) {
    const text = `product ${productKey} authenticates its devices by ${other}`;
    throw refuse(QueryProduct, 'UnsupportedAuthType', text, 'a batch needs a product with one secret per device');
  }
  return Data.DeviceCount === undefined ? {} : { devices: Data.DeviceCount };
}

/**
 * How devices prove who they are, if not by a secret of their own. With certificates one bad device fails its whole batch,
 * and neither certificates nor ID² chips come with a batch's result (help.aliyun.com 69483, 69518).
 */
function otherAuthentication({ AuthType, Id2 }: Product): string | undefined {
  const type = AuthType?.toLowerCase();
  if (type === 'x509') return 'X.509 certificates (AuthType "x509")';
  if (type === 'id2' || Id2 === true) return 'ID² (AuthType "id2")';
  return type === undefined || type === 'secret' ? undefined : `AuthType "${AuthType}"`;
}
