import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';
import * as fc from 'fast-check';
import { StoreConflict } from '../../../lib/batch/ports/store';
import { S3Store } from '../../../lib/stores/s3-store';
import { S3Unusable, told } from '../../../lib/stores/s3-unusable';
import { CANARY, mutate, mutation, type Mutation } from '../mutation';
import { refuseSecrets } from '../secrets';
import { target } from '../target';

/** What happens to an answer of S3's, or of something that calls itself that. */
interface Disturbance {
  status?: number;
  body: Mutation[];
  headers: Record<string, string>;
  /** An error of S3's instead. */
  code?: string;
}

const disturbance: fc.Arbitrary<Disturbance> = fc.record({
  status: fc.option(fc.constantFrom(200, 204, 206, 301, 304, 400, 403, 404, 409, 412, 500, 503), {
    nil: undefined,
    freq: 2,
  }),
  body: fc.array(mutation, { maxLength: 2 }),
  headers: fc.dictionary(
    fc.constantFrom(
      'etag',
      'content-length',
      'content-type',
      'content-encoding',
      'x-amz-error-code',
      'x-amz-checksum-crc32',
    ),
    fc.string({ maxLength: 12 }),
    { maxKeys: 2, noNullPrototype: true },
  ),
  code: fc.option(
    fc.constantFrom(
      'NoSuchKey',
      'NoSuchBucket',
      'AccessDenied',
      'PreconditionFailed',
      'SlowDown',
      'PermanentRedirect',
      'NotImplemented',
      '__proto__',
      '',
    ),
    { nil: undefined, freq: 2 },
  ),
});

const address = { bucket: 'records', path: 'iot' };

/** The store in a bucket, between it and its server somebody who changes what is answered. */
export const s3Answers = target({
  name: 'answers of S3',
  share: 12,
  inputs: fc.record({
    call: fc.constantFrom('get', 'put', 'putAbsent', 'list', 'delete', 'reach'),
    /** Which answer is disturbed, and whether all later ones are. */
    first: fc.nat({ max: 3 }),
    onwards: fc.boolean(),
    disturbance,
  }),
  async attempt({ call, first, onwards, disturbance: disturbed }) {
    let answered = 0;
    const store = storeWith((request) => {
      const index = answered++;
      if (answered > 100) throw new RangeError('it asks for ever');
      const answer = bucketAnswers(request);
      return index === first || (onwards && index > first) ? disturb(answer, disturbed) : answer;
    });
    // With one answer before it, so that the first that is disturbed is not always that of the call.
    if (first > 0) await store.get('heads/b1.json').catch(() => undefined);
    try {
      return await called(store, call);
    } catch (error) {
      if (error instanceof RangeError) throw error;
      if (error instanceof StoreConflict) return 'StoreConflict';
      const unusable = told(error, address);
      if (!(unusable instanceof S3Unusable)) throw error;
      refuseSecrets(unusable.message, [CANARY]);
      return unusable.isGone ? 'S3Unusable, is gone' : 'S3Unusable';
    }
  },
});

async function called(store: S3Store, call: string): Promise<string> {
  switch (call) {
    case 'get': {
      const found = await store.get('heads/b1.json');
      if (found && !(found.body instanceof Uint8Array)) throw new TypeError('a body is no bytes');
      return found ? 'right' : 'right, and absent';
    }
    case 'list': {
      const keys = await store.list('heads/');
      if (keys.some((key) => typeof key !== 'string')) throw new TypeError(JSON.stringify(keys));
      return 'right';
    }
    case 'put':
    case 'putAbsent': {
      const version = await store.put('heads/b1.json', '{}', call === 'put' ? undefined : { absent: true });
      if (typeof version !== 'string') throw new TypeError(`the version is ${String(version)}`);
      return 'right';
    }
    case 'reach':
      await store.reach('heads/');
      return 'right';
    default:
      await store.delete('heads/b1.json');
      return 'right';
  }
}

interface HttpRequest {
  method: string;
  path: string;
  query: Record<string, unknown>;
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

function storeWith(answer: (request: HttpRequest) => Answer): S3Store {
  client ??= new S3Client({
    ...{ region: 'eu-central-1', credentials: { accessKeyId: 'AKID', secretAccessKey: CANARY }, maxAttempts: 1 },
    requestHandler: {
      handle: async (request: HttpRequest) => {
        const { status: statusCode, headers, body } = answers(request);
        return { response: { statusCode, headers, body: Readable.from([Buffer.from(body)]) } };
      },
      destroy: () => undefined,
    } as never,
  });
  answers = answer;
  return new S3Store(client, 'records');
}

let client: S3Client | undefined;
let answers: (request: HttpRequest) => Answer;

const HEAD = '{"version":1,"batchId":"b1"}';

/** Two pages of keys, and one object. */
function bucketAnswers({ method, query, path }: HttpRequest): Answer {
  const xml = { 'content-type': 'application/xml' };
  if (method === 'DELETE') return { status: 204, headers: {}, body: '' };
  if (method === 'PUT') return { status: 200, headers: { etag: '"e"' }, body: '' };
  if (path.endsWith('/b1.json'))
    return { status: 200, headers: { etag: `"${createHash('md5').update(HEAD).digest('hex')}"` }, body: HEAD };
  const isLast = query['continuation-token'] !== undefined;
  const contents = ['b1', 'b2'].map((id) => `<Contents><Key>heads/${id}${isLast ? 'x' : ''}.json</Key></Contents>`);
  const next = isLast ? '' : '<NextContinuationToken>token</NextContinuationToken>';
  const body = `<?xml version="1.0"?><ListBucketResult><IsTruncated>${!isLast}</IsTruncated>${contents.join('')}${next}</ListBucketResult>`;
  return { status: 200, headers: xml, body };
}

function disturb(answer: Answer, { status, body, headers, code }: Disturbance): Answer {
  const text =
    code === undefined
      ? answer.body
      : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  return {
    status: status ?? (code === undefined ? answer.status : 400),
    headers: { ...answer.headers, ...headers },
    body: mutate(text, body),
  };
}
