import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { StoreConflict, type PutCondition, type Store, type StoredObject } from '../batch/ports/store';

/**
 * The store on a bucket. Versions are ETags; conditions are S3's conditional writes
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).
 *
 * Every method throws what the SDK throws, besides `StoreConflict`.
 */
export class S3Store implements Store {
  constructor(
    private readonly client: S3Client,
    private readonly Bucket: string,
    /** What each write says of its encryption. */
    private readonly encryption: Pick<PutObjectCommandInput, 'ServerSideEncryption' | 'SSEKMSKeyId'> = {},
  ) {}

  async get(Key: string): Promise<StoredObject | undefined> {
    try {
      const { Body, ETag } = await this.client.send(new GetObjectCommand({ Bucket: this.Bucket, Key }));
      return { body: (await Body?.transformToByteArray()) ?? new Uint8Array(), version: versionOf(Key, ETag) };
    } catch (error) {
      // Without s3:ListBucket it would be AccessDenied: "not there" could not be told from "not allowed".
      if (isNamed(error, 'NoSuchKey')) return undefined;
      throw error;
    }
  }

  async put(Key: string, Body: Uint8Array | string, condition?: PutCondition): Promise<string> {
    try {
      const { ETag } = await this.client.send(
        new PutObjectCommand({
          Bucket: this.Bucket,
          Key,
          Body,
          ContentType: contentTypeOf(Key),
          ...this.encryption,
          ...(condition && ('absent' in condition ? { IfNoneMatch: '*' } : { IfMatch: condition.version })),
        }),
      );
      return versionOf(Key, ETag);
    } catch (error) {
      if (condition && conflicts.some((name) => isNamed(error, name))) throw new StoreConflict(Key);
      throw error;
    }
  }

  async list(Prefix: string): Promise<string[]> {
    const keys: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await this.client.send(new ListObjectsV2Command({ Bucket: this.Bucket, Prefix, ContinuationToken }));
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key);
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return keys;
  }

  /** Throws where the bucket cannot be listed, whatever else begins like the key. */
  async reach(Prefix: string): Promise<void> {
    await this.client.send(new ListObjectsV2Command({ Bucket: this.Bucket, Prefix, MaxKeys: 1 }));
  }

  async delete(Key: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand({ Bucket: this.Bucket, Key }));
  }
}

/**
 * 412: the condition does not hold. 409: another write of the object is under way. 404 `NoSuchKey`: a version was asked for
 * and there is no object at all.
 */
const conflicts = ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'];

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

function versionOf(key: string, etag: string | undefined): string {
  if (etag === undefined) throw new Error(`S3 gave no ETag for ${key}`);
  return etag;
}

function contentTypeOf(key: string): string {
  if (key.endsWith('.json')) return 'application/json';
  return key.endsWith('.gz') ? 'application/gzip' : 'application/octet-stream';
}
