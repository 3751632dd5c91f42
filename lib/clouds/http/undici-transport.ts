import { EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { TransportError, type HttpRequest, type HttpResponse, type Transport } from './transport';

export interface UndiciTransportOptions {
  /** Sockets to one host at a time. @default 16 */
  connections?: number;
  /** Milliseconds that a connection may take, TLS included. @default 10000 */
  connectTimeoutMs?: number;
  /** Bytes of an answer's body, at most. @default 16 MiB: 10,000 names with a long reason each are about 4 MB */
  maxAnswerBytes?: number;
}

/**
 * HTTP by undici: one pool, kept alive between calls. Honours `http_proxy`, `https_proxy` and `no_proxy` (also in
 * upper case), read when it is made.
 */
export function undiciTransport({
  connections = 16,
  connectTimeoutMs = 10_000,
  maxAnswerBytes = 16 * 1024 * 1024,
}: UndiciTransportOptions = {}): Transport {
  const agent = new EnvHttpProxyAgent({
    connections,
    pipelining: 1,
    connect: { timeout: connectTimeoutMs },
    proxyTls: { timeout: connectTimeoutMs },
    // The overall deadline of each request is ours: these only end what it has already given up.
    headersTimeout: 120_000,
    bodyTimeout: 120_000,
  });
  return {
    send: (request) => exchange(agent, request, maxAnswerBytes),
    close: () => agent.destroy(),
  };
}

function exchange(agent: Dispatcher, request: HttpRequest, maxAnswerBytes: number): Promise<HttpResponse> {
  const { origin, pathname, search } = new URL(request.url);
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let over = false;
    let status = 0;
    let headers: HttpResponse['headers'] = {};
    const chunks: Buffer[] = [];
    let bytes = 0;

    const fail = (code: TransportError['code'], reason: string): void => {
      if (over) return;
      over = true;
      clearTimeout(deadline);
      const error = new TransportError(code, controller === undefined ? 'no' : 'perhaps', reason);
      reject(error);
      controller?.abort(error);
    };
    const deadline = setTimeout(
      () => fail('Timeout', `no whole answer within ${request.timeoutMs} ms`),
      request.timeoutMs,
    );

    agent.dispatch(
      { origin, path: pathname + search, method: request.method, headers: request.headers, body: request.body },
      {
        // undici calls this at the moment of writing, so whatever fails before it was certainly not sent; and what
        // was given up while it waited for a connection is stopped here.
        onRequestStart(started) {
          if (over) started.abort(new Error('given up'));
          else controller = started;
        },
        onResponseStart(_controller, statusCode, received) {
          status = statusCode;
          headers = Object.fromEntries(
            Object.entries(received).map(([name, value]) => [name.toLowerCase(), [value ?? ''].flat().join(', ')]),
          );
        },
        onResponseData(_controller, chunk) {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes > maxAnswerBytes) fail('AnswerTooLong', `more than ${maxAnswerBytes} bytes`);
        },
        onResponseEnd() {
          if (over) return;
          over = true;
          clearTimeout(deadline);
          resolve({ status, headers, body: Buffer.concat(chunks).toString('utf8') });
        },
        onResponseError(_controller, error) {
          fail(codeOf(error, controller !== undefined), error.message || codeText(error));
        },
      },
    );
  });
}

function codeOf(error: Error, started: boolean): TransportError['code'] {
  if (/^UND_ERR_(DESTROYED|CLOSED)$/.test(codeText(error))) return 'Closed';
  if (/^UND_ERR_(HEADERS|BODY)_TIMEOUT$/.test(codeText(error))) return 'Timeout';
  return started ? 'ConnectionLost' : 'NotConnected';
}

/** Node's errors of several addresses (`AggregateError`) have a code and no message. */
function codeText(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.name;
}
