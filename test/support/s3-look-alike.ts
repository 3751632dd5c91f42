import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Stored {
  body: Buffer;
  etag: string;
  contentType?: string;
  /** As its writer said. */
  encryption?: string;
  kmsKeyId?: string;
}

/** One bucket over HTTP, path-style, with the conditions, errors and pages of Amazon S3; signatures are not looked at. */
export interface S3LookAlike {
  url: string;
  bucket: string;
  objects: Map<string, Stored>;
  /** Method and path of every request, in order. */
  requests: string[];
  /** Keys in one page of a listing. */
  pageSize: number;
  /** Answers instead of the bucket where it returns something; `lost` breaks the connection after the request is carried out. */
  disturb: (request: string) => { status: number; code: string } | 'lost' | undefined;
  close(): Promise<void>;
}

export async function startS3(bucket = 'records'): Promise<S3LookAlike> {
  const s3: Omit<S3LookAlike, 'url' | 'close'> = {
    bucket,
    objects: new Map(),
    requests: [],
    pageSize: 1_000,
    disturb: () => undefined,
  };
  const server = createServer((request, response) => void answer(s3, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(s3, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  });
}

async function answer(
  s3: Omit<S3LookAlike, 'url' | 'close'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://s3');
  const [, bucket, ...rest] = url.pathname.split('/');
  const key = decodeURIComponent(rest.join('/'));
  const what = `${request.method} ${key || `?prefix=${url.searchParams.get('prefix')}`}`;
  s3.requests.push(what);

  const disturbance = s3.disturb(what);
  // What is written from here on goes nowhere.
  if (disturbance === 'lost') request.socket.destroy();
  else if (disturbance) return refuse(response, disturbance.status, disturbance.code);
  if (bucket !== s3.bucket) return refuse(response, 404, 'NoSuchBucket');
  const { method = '' } = request;
  switch (method) {
    case 'PUT':
      return put(s3, key, Buffer.concat(chunks), request, response);
    case 'GET':
      return key === '' ? list(s3, url.searchParams, response) : get(s3, key, response);
    case 'DELETE':
      s3.objects.delete(key);
      return void response.writeHead(204).end();
    default:
      return refuse(response, 405, 'MethodNotAllowed');
  }
}

function put(
  { objects }: Pick<S3LookAlike, 'objects'>,
  key: string,
  body: Buffer,
  { headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const there = objects.get(key);
  const wanted = headers['if-match'];
  if (wanted !== undefined && !there) return refuse(response, 404, 'NoSuchKey');
  if (wanted !== undefined && there?.etag !== wanted) return refuse(response, 412, 'PreconditionFailed');
  if (headers['if-none-match'] === '*' && there) return refuse(response, 412, 'PreconditionFailed');
  const etag = `"${createHash('md5').update(body).digest('hex')}"`;
  objects.set(key, {
    body,
    etag,
    contentType: headers['content-type'],
    encryption: headers['x-amz-server-side-encryption'] as string | undefined,
    kmsKeyId: headers['x-amz-server-side-encryption-aws-kms-key-id'] as string | undefined,
  });
  response.writeHead(200, { ETag: etag }).end();
}

function get({ objects }: Pick<S3LookAlike, 'objects'>, key: string, response: ServerResponse): void {
  const there = objects.get(key);
  if (!there) return refuse(response, 404, 'NoSuchKey');
  response.writeHead(200, { ETag: there.etag, 'Content-Type': there.contentType ?? 'binary/octet-stream' });
  response.end(there.body);
}

function list(
  { objects, pageSize, bucket }: Pick<S3LookAlike, 'objects' | 'pageSize' | 'bucket'>,
  query: URLSearchParams,
  response: ServerResponse,
): void {
  const from = Number(query.get('continuation-token') ?? '0');
  const all = [...objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '')).sort();
  const size = Math.min(pageSize, Number(query.get('max-keys') ?? pageSize));
  const page = all.slice(from, from + size).map((key) => `<Contents><Key>${key}</Key></Contents>`);
  const more = from + size < all.length;
  const next = more ? `<NextContinuationToken>${from + size}</NextContinuationToken>` : '';
  xml(
    response,
    200,
    `<ListBucketResult><Name>${bucket}</Name><IsTruncated>${more}</IsTruncated>${page.join('')}${next}</ListBucketResult>`,
  );
}

function refuse(response: ServerResponse, status: number, code: string): void {
  xml(response, status, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

function xml(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'application/xml' }).end(`<?xml version="1.0"?>${body}`);
}
