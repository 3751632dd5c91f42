import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge, arnInFindings, wildcardOn } from './acknowledge';

/** What may be chosen of the bucket; the provider's props say what each member means. */
export interface StoreBucketProps {
  readonly encryptionKey?: IKey;
  readonly accessLogsBucket?: IBucket;
}

/**
 * Where the batches of a stack keep their records, manifests and credentials. It ends with the stack, once it is emptied
 * (store-emptier.ts).
 *
 * Not versioned: a secret that is deleted must be gone, and the records replace each other by compare-and-swap, so that
 * old versions would only pile up.
 */
export function storeBucket(
  scope: Construct,
  id: string,
  { encryptionKey, accessLogsBucket }: StoreBucketProps,
): Bucket {
  const bucket = new Bucket(scope, id, {
    ...(encryptionKey
      ? { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }
      : { encryption: BucketEncryption.S3_MANAGED }),
    ...(accessLogsBucket && {
      serverAccessLogsBucket: accessLogsBucket,
      serverAccessLogsPrefix: `${scope.node.path}/`, // the logs do not say which bucket they are of
    }),
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    versioned: false,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  if (!accessLogsBucket) {
    acknowledge(bucket, {
      'AwsSolutions-S1':
        'S3 delivers access logs for hours, so that a bucket for them which ends with the stack could not be deleted; ' +
        'whoever has one that stays gives it as accessLogsBucket',
    });
  }
  return bucket;
}

/** Lets the bucket outlive the stack. What lies in it stays where the emptier is told so as well. */
export function retainStore(bucket: Bucket): void {
  bucket.applyRemovalPolicy(RemovalPolicy.RETAIN);
}

/**
 * Exactly what a function of the handler does with the records: `clear`s what is over, or only reads and writes. Listing
 * is needed to tell "not there" (404) from "not allowed" (403).
 */
export function grantStore(role: Role, bucket: Bucket, { clear }: { clear: boolean }): void {
  role.addToPolicy(
    new PolicyStatement({
      actions: ['s3:GetObject', 's3:PutObject', ...(clear ? ['s3:DeleteObject'] : [])],
      resources: [bucket.arnForObjects('*')],
    }),
  );
  role.addToPolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
  bucket.encryptionKey?.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');
  acknowledge(role, {
    [wildcardOn(`${arnInFindings(bucket)}/*`)]: 'all objects of the one bucket that exists for them to read and write',
  });
}
