/** Where something lies in S3, and how it is reached where the SDK's own settings are not to count. */
export interface S3Address {
  bucket: string;
  /** Without a slash at either end; empty for the whole bucket. */
  path: string;
  region?: string;
  profile?: string;
  endpoint?: string;
  pathStyle?: boolean;
  /** How objects are encrypted. @default - as the bucket says, and where it says nothing, with S3's own keys */
  encryption?: Encryption;
  kmsKeyId?: string;
}

const encryptions = ['AES256', 'aws:kms', 'aws:kms:dsse'] as const;
export type Encryption = (typeof encryptions)[number];

export function isS3Address(text: string): boolean {
  return /^s3:\/\//i.test(text);
}

/**
 * Reads `s3://bucket/path?query`. The query is that of Pulumi's own state in S3, so that one address serves both: `region`, `profile`,
 * `endpoint`, `s3ForcePathStyle` or `use_path_style`, `disableSSL` or `disable_https`, `ssetype`, `kmskeyid`; `awssdk` says nothing here
 * (pkg.go.dev/gocloud.dev/blob/s3blob, URLOpener; the older spellings are those of its version 0.20).
 *
 * @throws RangeError that says what is wrong, without the address: somebody may have put keys into it.
 */
export function parseS3Address(text: string): S3Address {
  if (!URL.canParse(text)) throw new RangeError('is no address such as s3://bucket/path');
  const url = new URL(text);
  if (url.username || url.password)
    throw new RangeError('must hold no keys: they are where the AWS SDK looks for them');
  if (url.hash) throw new RangeError('has a #, which must be written %23');
  if (!BUCKET.test(url.host)) throw new RangeError('names no bucket: give s3://bucket/path');
  return {
    bucket: url.host,
    path: decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, ''),
    ...settingsIn(url.searchParams),
  };
}

/** The address of a folder below another one; how it is reached stays. */
export function addressBelow(text: string, folder: string): string {
  const [base = '', query] = text.split('?');
  if (folder === '') return text;
  return `${base.replace(/\/+$/, '')}/${folder}${query === undefined ? '' : `?${query}`}`;
}

/** What to call it: without its query. */
export function nameOfAddress({ bucket, path }: S3Address): string {
  return path === '' ? `s3://${bucket}` : `s3://${bucket}/${path}`;
}

/** Letters, digits, dots, hyphens; older buckets have capitals and underscores (docs.aws.amazon.com/AmazonS3, "Bucket naming rules"). */
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/;

function settingsIn(query: URLSearchParams): Omit<S3Address, 'bucket' | 'path'> {
  const settings: Omit<S3Address, 'bucket' | 'path'> = {};
  let scheme = 'https';
  let endpoint: string | undefined;
  for (const [name, value] of query) {
    switch (name) {
      case 'region':
      case 'profile':
        settings[name] = value;
        break;
      case 'endpoint':
        endpoint = value;
        break;
      case 's3ForcePathStyle':
      case 'use_path_style':
        settings.pathStyle = truthOf(name, value);
        break;
      case 'disableSSL':
      case 'disable_https':
        if (truthOf(name, value)) scheme = 'http';
        break;
      case 'ssetype':
        settings.encryption = encryptionOf(value);
        break;
      case 'kmskeyid':
        settings.kmsKeyId = value;
        break;
      case 'awssdk':
        break;
      default:
        throw new RangeError(`has ${name}, which is none of ${KNOWN}`);
    }
  }
  return { ...settings, ...(endpoint !== undefined && { endpoint: endpointOf(endpoint, scheme) }) };
}

const KNOWN = 'region, profile, endpoint, s3ForcePathStyle, disableSSL, ssetype, kmskeyid';

function truthOf(name: string, value: string): boolean {
  if (value !== 'true' && value !== 'false') throw new RangeError(`has a ${name} that is neither true nor false`);
  return value === 'true';
}

function encryptionOf(value: string): Encryption {
  const found = encryptions.find((each) => each.toLowerCase() === value.toLowerCase());
  if (!found) throw new RangeError(`has an ssetype that is none of ${encryptions.join(', ')}`);
  return found;
}

/** A host alone is reached as the address says. */
function endpointOf(text: string, scheme: string): string {
  const endpoint = /^https?:\/\//.test(text) ? text : `${scheme}://${text}`;
  if (!URL.canParse(endpoint)) throw new RangeError('has an endpoint that is no host');
  return endpoint;
}
