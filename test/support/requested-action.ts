import type { HttpRequest } from '../../lib/clouds/http/transport';

/** What a request to a cloud asks for, wherever its API puts that. */
export function requestedAction({ headers, body }: HttpRequest): string | null {
  return headers['x-acs-action'] ?? headers['x-tc-action'] ?? new URLSearchParams(body).get('Action');
}
