import { addressBelow, nameOfAddress, parseS3Address } from '../../lib/stores/s3-address';

describe('an address in S3', () => {
  it.each([
    ['s3://town', { bucket: 'town', path: '' }],
    ['s3://town/', { bucket: 'town', path: '' }],
    ['S3://town/iot/a%20b/', { bucket: 'town', path: 'iot/a b' }],
    ['s3://Old_Town.1/x', { bucket: 'Old_Town.1', path: 'x' }],
    ['s3://town?region=eu-central-1&profile=ops', { bucket: 'town', path: '', region: 'eu-central-1', profile: 'ops' }],
    [
      's3://town/x?endpoint=localhost:9000&disableSSL=true&s3ForcePathStyle=true&awssdk=v2',
      { bucket: 'town', path: 'x', endpoint: 'http://localhost:9000', pathStyle: true },
    ],
    ['s3://town?endpoint=minio.example.com', { bucket: 'town', path: '', endpoint: 'https://minio.example.com' }],
    [
      's3://town?endpoint=http://10.0.0.1&use_path_style=false',
      { bucket: 'town', path: '', endpoint: 'http://10.0.0.1', pathStyle: false },
    ],
    [
      's3://town?ssetype=AWS:KMS&kmskeyid=alias/iot',
      { bucket: 'town', path: '', encryption: 'aws:kms', kmsKeyId: 'alias/iot' },
    ],
  ])('%s is read as Pulumi reads that of its own state', (text, expected) => {
    expect(parseS3Address(text)).toEqual(expected);
  });

  it.each([
    ['s3:///path', 'bucket'],
    ['s3://', 'bucket'],
    ['s3://a b/c', 's3://bucket/path'],
    ['s3://town?accelerate=true', 'accelerate'],
    ['s3://town?s3ForcePathStyle=yes', 's3ForcePathStyle'],
    ['s3://town?ssetype=rot13', 'ssetype'],
    ['s3://town?endpoint=http://', 'endpoint'],
  ])('%s is refused, and it is said why', (text, why) => {
    expect(() => parseS3Address(text)).toThrow(RangeError);
    expect(() => parseS3Address(text)).toThrow(why);
  });

  it('with keys is refused, and they are not repeated (I7)', () => {
    const read = () => parseS3Address('s3://AKIAEXAMPLE:wJalrXUtnFEMI@town/x');
    expect(read).toThrow(/must hold no keys/);
    expect(read).not.toThrow(/wJalrXUtnFEMI|AKIAEXAMPLE/);
  });

  it('is reached like what is below it, and called by what is before its query', () => {
    expect(addressBelow('s3://town?region=r', 'a/b')).toBe('s3://town/a/b?region=r');
    expect(addressBelow('s3://town/x/', 'a/b')).toBe('s3://town/x/a/b');
    expect(nameOfAddress(parseS3Address('s3://town/x/?region=r'))).toBe('s3://town/x');
    expect(nameOfAddress(parseS3Address('s3://town?region=r'))).toBe('s3://town');
  });
});
