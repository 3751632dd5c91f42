import { isIP } from 'node:net';

/**
 * How every AWS client calls: connections are kept between invocations, and a call that hangs is given up
 * early enough that its next try fits into the invocation. Region and keys are where the SDK looks for them by itself.
 */
export const awsClientConfig = {
  retryMode: 'standard',
  maxAttempts: 4,
  requestHandler: {
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    throwOnRequestTimeout: true,
    httpsAgent: { keepAlive: true, maxSockets: 64 },
    httpAgent: { keepAlive: true, maxSockets: 64 },
  },
} as const;

/** Whether S3 is called at an address that cannot have the bucket's name in front: an IP, or this machine. */
export function needsPathStyle(environment: NodeJS.ProcessEnv): boolean {
  const endpoint = environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL;
  if (!endpoint || !URL.canParse(endpoint)) return false;
  const host = new URL(endpoint).hostname.replace(/^\[|\]$/g, '');
  return isIP(host) !== 0 || host === 'localhost';
}
