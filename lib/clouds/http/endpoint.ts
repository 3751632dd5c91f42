import { CloudError } from '../../batch/ports/cloud';

/**
 * An endpoint of the user's: a host or an origin, with https unless it says `http:`.
 *
 * @param example a host, for the error
 * @throws CloudError `InvalidEndpoint` if it is neither.
 */
export function originOf(endpoint: string, example: string): URL {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin = url !== undefined && url.pathname === '/' && url.search + url.hash + url.username === '';
  if (!isOrigin || !['https:', 'http:'].includes(url.protocol)) {
    throw new CloudError(
      'permanent',
      'InvalidEndpoint',
      `the endpoint is no host and no origin – write it like ${example} or http://127.0.0.1:8080 [InvalidEndpoint]`,
      { operation: 'connect' },
    );
  }
  return url;
}
