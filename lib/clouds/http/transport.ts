/**
 * How a cloud's client reaches the network. `undiciTransport` is the real one; tests put another in its place, or
 * `intercept` the real one, to lose calls and answers.
 */
export interface Transport {
  /** One exchange: no redirects, no repetition. Rejects with a `TransportError` if there is no whole answer. */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Ends every connection; what is under way fails. */
  close(): Promise<void>;
}

export interface HttpRequest {
  method: 'GET' | 'POST';
  /** Sent as it is: its authority becomes the `Host` header, its query stays byte for byte what was signed. */
  url: string;
  headers: Record<string, string>;
  /** Sent as UTF-8, byte for byte what was signed. */
  body: string;
  /** Milliseconds from now to the last byte of the answer. */
  timeoutMs: number;
}

export interface HttpResponse {
  status: number;
  /** Names in lower case; the values of a repeated header joined with `, `. */
  headers: Record<string, string>;
  body: string;
}

/** No whole answer came. `sent` tells what may be concluded about the request. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  constructor(
    readonly code: TransportErrorCode,
    /** `no`: not a byte of it left this machine. `perhaps`: it may have been executed. */
    readonly sent: 'no' | 'perhaps',
    /** The cause in words, e.g. `connect ECONNREFUSED 127.0.0.1:9`. */
    reason: string,
  ) {
    super(reason);
  }
}

export type TransportErrorCode =
  /** No connection: refused, not resolved, not trusted, timed out, or denied by a proxy. */
  | 'NotConnected'
  /** The request's time was over. */
  | 'Timeout'
  /** The connection broke before the answer was whole. */
  | 'ConnectionLost'
  /** The answer is longer than anything that the cloud would say. */
  | 'AnswerTooLong'
  /** This transport was closed. */
  | 'Closed';

/** The same transport with `around` in between: it may change, drop, delay or answer a request, or lose its answer. */
export function intercept(
  transport: Transport,
  around: (request: HttpRequest, next: Transport['send']) => Promise<HttpResponse>,
): Transport {
  return { send: (request) => around(request, (sent) => transport.send(sent)), close: () => transport.close() };
}
