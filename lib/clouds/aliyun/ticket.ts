import { createHash } from 'node:crypto';
import type { RequestTicket } from '../../batch/ports/cloud';
import type { Clock } from '../../batch/ports/clock';
import type { AliyunCredentials } from './credentials';
import type { Failure } from './failure';

/**
 * How long a request may be sent again, in milliseconds. The gateway takes timestamps of the last 15 minutes, so it must
 * know nonces for as long to refuse copies; that it knows them longer is documented nowhere. The last minute is for the
 * copy's way.
 */
export const TICKET_LIFE_MS = 14 * 60_000;

/** A ticket whose nonce tells which key signs it: to the gateway, a copy signed by another key may be another request. */
export function issueTicket(clock: Pick<Clock, 'now' | 'nonce'>, { accessKeyId }: AliyunCredentials): RequestTicket {
  return { nonce: `${clock.nonce(16)}${SEPARATOR}${fingerprint(accessKeyId)}`, at: clock.now() };
}

/** Why a request with this ticket would not be the same one any more: it might be executed a second time. */
export function ticketFailure(
  { nonce, at }: RequestTicket,
  { accessKeyId }: AliyunCredentials,
  now: number,
): Failure | undefined {
  if (now - at > TICKET_LIFE_MS) {
    const text = 'not sent again: the cloud does not recognise a copy that is older than 15 minutes';
    return { code: 'TicketExpired', text, meaning: 'uncertain' };
  }
  const [, key] = nonce.split(SEPARATOR);
  if (key !== undefined && key !== fingerprint(accessKeyId)) {
    const text = 'not sent again: the keys are others than those which signed it first';
    return { code: 'TicketOfOtherKeys', text, meaning: 'uncertain' };
  }
  return undefined;
}

const SEPARATOR = '.';

/** An id is no secret, but a nonce is written down and logged: no need to show it. */
function fingerprint(accessKeyId: string): string {
  return createHash('sha256').update(accessKeyId, 'utf8').digest('hex').slice(0, 16);
}
