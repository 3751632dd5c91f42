import { GetObjectCommand, ListBucketsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { gunzipSync } from 'node:zlib';
import type { Aws } from '../../../local-aws';
import type { Inventory } from './oracle';

/** A line of a credentials part: the device, and its secrets under the vendor's own names. */
export type CredentialLine = Readonly<Record<string, string>>;

/** What a stack's bucket holds, read as one who may read all of it. */
export class StoreContents {
  private constructor(readonly objects: ReadonlyMap<string, Buffer>) {}

  static async read(aws: Aws, Bucket: string): Promise<StoreContents> {
    const s3 = new S3Client(aws.client);
    const objects = new Map<string, Buffer>();
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken }));
      for (const { Key } of page.Contents ?? []) {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
        objects.set(Key!, Buffer.from(await Body!.transformToByteArray()));
      }
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    return new StoreContents(objects);
  }

  /** Sorted. */
  keys(prefix = ''): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  json(key: string): unknown {
    return JSON.parse(this.#bytes(key).toString('utf8'));
  }

  /** The devices of a manifest, in its order. */
  manifest(key: string): Inventory {
    const { devices } = this.json(key) as { devices: { name: string; id: string }[] };
    return new Map(devices.map(({ name, id }) => [name, id]));
  }

  /** The secrets of a batch's devices as one who was granted to read them finds them: by the one index that there is. */
  credentials(batchId: string): CredentialLine[] {
    const indexes = this.keys(`credentials/${batchId}/`).filter((key) => key.endsWith('/index.json'));
    expect(indexes).toHaveLength(1);
    const { parts } = this.json(indexes[0]!) as { parts: string[] };
    return parts.flatMap((part) => this.lines(part));
  }

  lines(part: string): CredentialLine[] {
    const text = gunzipSync(this.#bytes(part)).toString('utf8');
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as CredentialLine);
  }

  /** The generations of a batch that are not yet gone, as `phase id`. */
  generations(batchId: string): string[] {
    const { generations } = this.json(`heads/${batchId}.json`) as { generations: { id: string; phase: string }[] };
    return generations.filter(({ phase }) => phase !== 'gone').map(({ id, phase }) => `${phase} ${id}`);
  }

  #bytes(key: string): Buffer {
    const bytes = this.objects.get(key);
    if (!bytes) throw new Error(`the store has no ${key}, but ${this.keys().join(', ')}`);
    return bytes;
  }
}

/** Sorted. */
export async function bucketsOf(aws: Aws): Promise<string[]> {
  const { Buckets = [] } = await new S3Client(aws.client).send(new ListBucketsCommand({}));
  return Buckets.map(({ Name }) => Name!).sort();
}

/** Bucket and key of an `s3://` address. */
export function parseUri(uri: string): { bucket: string; key: string } {
  const { hostname, pathname } = new URL(uri);
  return { bucket: hostname, key: pathname.slice(1) };
}
