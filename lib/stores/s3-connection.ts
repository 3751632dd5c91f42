import { S3Client } from '@aws-sdk/client-s3';
import { awsClientConfig, needsPathStyle } from './aws-client';
import type { S3Address } from './s3-address';
import { S3Store } from './s3-store';

/** The bucket of an address, over a connection of its own. */
export function connectS3(address: S3Address): { store: S3Store; close: () => void } {
  const { bucket, region, profile, endpoint, encryption, kmsKeyId } = address;
  const client = new S3Client({
    ...awsClientConfig,
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(endpoint !== undefined && { endpoint }),
    forcePathStyle: address.pathStyle ?? needsPathStyle(endpoint ? { AWS_ENDPOINT_URL_S3: endpoint } : process.env),
    followRegionRedirects: true,
  });
  return {
    store: new S3Store(client, bucket, { ServerSideEncryption: encryption, SSEKMSKeyId: kmsKeyId }),
    close: () => client.destroy(),
  };
}
