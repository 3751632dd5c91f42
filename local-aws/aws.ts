import { Agent } from 'node:https';

/** An AWS to deploy to, told apart only by its address. */
export interface Aws {
  readonly url: string;
  readonly account: string;
  readonly region: string;
  /** For the CDK CLI, the AWS CLI, and whatever else reads its settings from the environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** For the constructors of the AWS SDK's clients. */
  readonly client: ClientSettings;
}

/** An AWS of our own: it ends with `stop`, or with the process that started it. */
export interface LocalAws extends Aws {
  /** What it and its Lambda functions print. Removed by `stop`. */
  readonly logFile: string;
  /** Ends it and everything it runs, and removes what it wrote. Safe to call twice. */
  stop(): Promise<void>;
}

export interface ClientSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** A bucket has no host name of its own there. Only S3's client looks at it. */
  readonly forcePathStyle: true;
  readonly requestHandler?: { readonly httpsAgent: Agent };
}

export interface AwsSettings {
  readonly url: string;
  readonly account: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** A certificate to trust: the path of the file and its text. */
  readonly certificate?: { readonly path: string; readonly pem: string };
}

/** The same settings in the two forms that tools take them in. */
export function describeAws(settings: AwsSettings): Aws {
  const { url, account, region, accessKeyId, secretAccessKey, sessionToken, certificate } = settings;
  return {
    url,
    account,
    region,
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken && { AWS_SESSION_TOKEN: sessionToken }),
      AWS_EC2_METADATA_DISABLED: 'true',
      ...(certificate && { NODE_EXTRA_CA_CERTS: certificate.path, AWS_CA_BUNDLE: certificate.path }),
    },
    client: {
      endpoint: url,
      region,
      credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
      forcePathStyle: true,
      ...(certificate && { requestHandler: { httpsAgent: new Agent({ ca: certificate.pem }) } }),
    },
  };
}
