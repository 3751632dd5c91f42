import { startS3, type S3LookAlike } from '../support/s3-look-alike';

const variables = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  AWS_REGION: 'eu-central-1',
  // Neither the machine that runs this nor its owner's files have anything to do with it.
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/nonexistent',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
};

/** A bucket, with the keys to it in the environment of this process. */
export class S3Stage {
  readonly #before = Object.keys(variables).map((name) => [name, process.env[name]] as const);

  static async set(): Promise<S3Stage> {
    return new S3Stage(await startS3());
  }

  private constructor(readonly bucket: S3LookAlike) {
    Object.assign(process.env, variables);
  }

  /** `s3://…` of something in the bucket. */
  address(path: string, query = ''): string {
    const { bucket, url } = this.bucket;
    return `s3://${bucket}/${path}?endpoint=${url.replace('http://', '')}&disableSSL=true${query}`;
  }

  keys(prefix = ''): string[] {
    return [...this.bucket.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  text(key: string): string {
    return this.bucket.objects.get(key)?.body.toString('utf8') ?? '';
  }

  /** From now on it is refused what the pattern matches: `PUT key`, `GET ?prefix=…`. */
  refuse(what: RegExp, status: number, code: string): void {
    this.bucket.disturb = (request) => (what.test(request) ? { status, code } : undefined);
  }

  async end(): Promise<void> {
    for (const [name, value] of this.#before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await this.bucket.close();
  }
}
