import type { connectS3 } from './s3-connection';
import { nameOfAddress, type S3Address } from './s3-address';
import { S3Unusable } from './s3-unusable';

/**
 * As `connectS3`, of whoever may not have the AWS SDK installed: it is loaded when it is needed.
 * @throws S3Unusable where there is none.
 */
export function connectWithInstalledSdk(address: S3Address): ReturnType<typeof connectS3> {
  return loaded(address).connectS3(address);
}

function loaded(address: S3Address): { connectS3: typeof connectS3 } {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load the SDK for those without S3, too
    return require('./s3-connection') as { connectS3: typeof connectS3 };
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'MODULE_NOT_FOUND') throw error;
    throw new S3Unusable(
      nameOfAddress(address),
      'what is in S3 needs a package that is not installed; run npm install @aws-sdk/client-s3',
    );
  }
}
