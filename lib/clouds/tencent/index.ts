import type { TencentReference } from '../../batch/contract/cloud-reference';
import type { Cloud } from '../../batch/ports/cloud';
import type { CloudEnvironment } from '../environment';
import type { CredentialSource } from '../http/credentials';
import { undiciTransport } from '../http/undici-transport';
import { TencentCloud } from './adapter';
import { Api2 } from './api-2';
import { Api3 } from './api-3';
import { TencentClient } from './client';
import { parseTencentCredentials } from './credentials';
import { endpointOf } from './endpoint';

/** As many as calls run side by side: deletions (the trait `concurrency`), and the product is listed beside them. */
const SOCKETS = 25;

/** Connects to a product of Tencent Cloud IoT Hub by the API that the reference names. */
export function connectTencent(
  reference: TencentReference,
  credentials: CredentialSource,
  { transport = undiciTransport({ connections: SOCKETS }), ...environment }: CloudEnvironment,
): Cloud {
  const { productId, apiVersion = '3.0', region = 'ap-guangzhou' } = reference;
  const client = new TencentClient({
    ...environment,
    transport,
    endpoint: endpointOf(reference),
    apiVersion,
    region,
    credentials: async (refresh) => parseTencentCredentials(await credentials(refresh)),
  });
  const api = apiVersion === '3.0' ? new Api3(client, productId, environment.clock) : new Api2(client, productId);
  return new TencentCloud(api, () => client.close());
}
