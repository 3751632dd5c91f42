import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { BatchError } from '../lib/batch';
import type { Clock } from '../lib/batch/ports/clock';
import { CloudError } from '../lib/batch/ports/cloud';
import type { ReadNames } from '../lib/batch/ports/names-source';
import { awsFailureOf, PROPAGATION_MS } from '../lib/stores/aws-failure';

/** Reads an object of any bucket. */
export type ReadObject = (bucket: string, key: string) => Promise<Uint8Array>;

/** Reads from S3. */
export function s3Objects(client: S3Client): ReadObject {
  return async (Bucket, Key) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  };
}

/**
 * Files of names as the CDK publishes them: assets in the bootstrap bucket, of which the handler may read these files and
 * nothing else.
 */
export function namesFiles(readObject: ReadObject, clock: Clock): ReadNames {
  return async (source, since) => {
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(source) ?? [];
    if (bucket === undefined || key === undefined) {
      throw new BatchError('NamesFileUnreadable', `the names are said to be in ${source}, which is no address in S3`);
    }
    try {
      return await readObject(bucket, key);
    } catch (error) {
      throw failure(source, error, clock.now() < since + PROPAGATION_MS);
    }
  };
}

/** `fresh`: a grant may still be on its way. */
function failure(source: string, error: unknown, fresh: boolean): BatchError {
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (error instanceof Error && error.name === 'NoSuchKey') return missing(source);
  switch (awsFailureOf(error)) {
    case 'transient':
      return passing('NamesFileUnavailable', `the file of names ${source} cannot be read just now (${said})`);
    case 'denied':
      if (fresh) return passing('NamesFileDenied', `the handler may not read the file of names ${source} (${said})`);
      // It may not list the bucket, so that S3 does not tell it whether the file is there (GetObject, "Permissions").
      return new BatchError(
        'NamesFileDenied',
        `the handler may not read the file of names ${source}, or it is not there any more (${said}): deploy again, which ` +
          'uploads it where it is missing; else look for policies, boundaries or keys that deny its role s3:GetObject there',
      );
    case 'missing':
      return missing(source);
    case 'other':
      return new BatchError('NamesFileUnreadable', `the file of names ${source} cannot be read (${said})`);
  }
}

function missing(source: string): BatchError {
  return new BatchError(
    'NamesFileMissing',
    `the file of names ${source} is not there: nothing was changed. Deploy again with the CDK, which uploads it`,
  );
}

function passing(code: string, message: string): CloudError {
  return new CloudError('transient', code, `${message} [${code}]`, { operation: 'read the file of names' });
}
