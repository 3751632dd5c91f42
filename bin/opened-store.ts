import { S3Client } from '@aws-sdk/client-s3';
import { InvalidArgumentError } from 'commander';
import { awsClientConfig, needsPathStyle } from '../handler/aws-client';
import { S3Store } from '../handler/s3-store';

/** The argument of commands that look at a store. */
export const BUCKET_ARGUMENT = "the stack's store: the bucket of a batch's ManifestUri, also as s3://bucket/…";

/** What their help ends with. */
export const AWS_HELP = 'Region and credentials for AWS are those of the AWS SDK: AWS_REGION, AWS_PROFILE and so on.';

/** The bucket in what a user calls it: its name, or any address within it. */
export function bucketIn(place: string): string {
  const bucket = place.replace(/^s3:\/\//, '').split('/')[0];
  if (!bucket) throw new InvalidArgumentError('name a bucket, such as s3://bucket/…');
  return bucket;
}

/** Lets `use` work with the store, and ends all connections to it. */
export async function withStore<T>(bucket: string, use: (store: S3Store) => Promise<T>): Promise<T> {
  const s3 = new S3Client({ ...awsClientConfig, forcePathStyle: needsPathStyle(process.env) });
  try {
    return await use(new S3Store(s3, bucket));
  } finally {
    s3.destroy();
  }
}
