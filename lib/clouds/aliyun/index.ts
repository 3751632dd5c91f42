import type { AliyunReference } from '../../batch/contract/cloud-reference';
import type { Cloud } from '../../batch/ports/cloud';
import type { CredentialSource } from '../http/credentials';
import { undiciTransport } from '../http/undici-transport';
import type { CloudEnvironment } from '../environment';
import { AliyunCloud } from './adapter';
import { AliyunClient } from './client';
import { parseAliyunCredentials } from './credentials';
import { endpointOf } from './endpoint';

/** Connects to a product of Alibaba Cloud IoT Platform. */
export function connectAliyun(
  reference: AliyunReference,
  credentials: CredentialSource,
  { transport = undiciTransport(), ...environment }: CloudEnvironment,
): Cloud {
  const client = new AliyunClient({
    ...environment,
    transport,
    endpoint: endpointOf(reference),
    region: reference.region,
    instanceId: reference.instanceId,
    signature: reference.signature ?? 'ACS3-HMAC-SHA256',
    credentials: async (refresh) => parseAliyunCredentials(await credentials(refresh)),
  });
  return new AliyunCloud(client, reference);
}
