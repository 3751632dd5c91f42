import { decodePairs } from '../encoding';
import { type EmulatorRequest, header } from '../message';

/** The parameters of a query (GET) or of a form (POST), by name. */
export function formOf(request: EmulatorRequest): ReadonlyMap<string, string> {
  const [, query = ''] = request.url.split('?');
  return new Map(decodePairs(request.method === 'POST' && isForm(request) ? request.body.toString('utf8') : query));
}

export function isForm(request: EmulatorRequest): boolean {
  return header(request, 'content-type')?.startsWith('application/x-www-form-urlencoded') ?? false;
}
