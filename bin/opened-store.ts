import { S3Client } from '@aws-sdk/client-s3';
import { InvalidArgumentError } from 'commander';
import { statSync } from 'node:fs';
import { awsClientConfig, needsPathStyle } from '../lib/stores/aws-client';
import { S3Store } from '../lib/stores/s3-store';
import type { Store } from '../lib/batch/ports/store';
import { FileStore } from '../lib/stores/file-store';

/** The argument of commands that look at a store. */
export const STORE_ARGUMENT =
  "the stack's store: the bucket of a batch's ManifestUri, also as s3://bucket/…; or, with Pulumi, the folder of its journal";

/** What their help ends with. */
export const AWS_HELP = 'Region and credentials for AWS are those of the AWS SDK: AWS_REGION, AWS_PROFILE and so on.';

/** Where a stack's batches are recorded. */
export type Place = { bucket: string } | { folder: string };

/** The store in what a user calls it: a folder, the name of a bucket, or any address within one. */
export function placeIn(text: string): Place {
  // No bucket's name has a slash, or begins with a dot (docs.aws.amazon.com/AmazonS3, "General purpose bucket naming rules").
  if (!text.startsWith('s3://') && (/^[./~]|[/\\]/.test(text) || isFolder(text))) {
    if (isFolder(text)) return { folder: text };
    throw new InvalidArgumentError('there is no such folder');
  }
  const bucket = text.replace(/^s3:\/\//, '').split('/')[0];
  if (!bucket) throw new InvalidArgumentError('name a bucket, such as s3://bucket/…, or a folder');
  return { bucket };
}

/** What to call it. */
export function nameOf(place: Place): string {
  return 'bucket' in place ? place.bucket : place.folder;
}

/** Lets `use` work with the store, and ends all connections to it. */
export async function withStore<T>(place: Place, use: (store: Store) => Promise<T>): Promise<T> {
  if ('folder' in place) return use(new FileStore(place.folder));
  const s3 = new S3Client({ ...awsClientConfig, forcePathStyle: needsPathStyle(process.env) });
  try {
    return await use(new S3Store(s3, place.bucket));
  } finally {
    s3.destroy();
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
