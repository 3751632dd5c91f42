/** One HTTP request, as it arrived. Header names are lower case. */
export interface EmulatorRequest {
  method: string;
  /** Path and query, as in the request line: `/?ProductKey=a1…`. */
  url: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

/**
 * What the caller shall see, and after how long. The core never waits: whoever calls it sleeps `delayMs`, in real time
 * (the HTTP server) or in virtual time (a test), so the same core serves both.
 */
export type EmulatorAnswer = HttpAnswer | DroppedConnection;

export interface HttpAnswer {
  kind: 'answered';
  delayMs: number;
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** Present: the connection breaks after this many bytes of the body. */
  cutAt?: number;
}

/** The connection is reset without an answer. Whether the call was executed is in the journal only, as in real life. */
export interface DroppedConnection {
  kind: 'dropped';
  delayMs: number;
}

/** An answer with a body of JSON, at once. */
export function jsonAnswer(status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer {
  return textAnswer(status, 'application/json', JSON.stringify(body), headers);
}

/** An answer with a body of text, in UTF-8, at once. */
export function textAnswer(
  status: number,
  type: string,
  text: string,
  headers: Record<string, string> = {},
): HttpAnswer {
  return {
    kind: 'answered',
    delayMs: 0,
    status,
    headers: { 'content-type': `${type};charset=utf-8`, ...headers },
    body: Buffer.from(text),
  };
}

/** The header's value without surrounding blanks; of several, joined as RFC 9110 says. Undefined where absent. */
export function header(request: EmulatorRequest, name: string): string | undefined {
  const value = request.headers[name.toLowerCase()];
  return Array.isArray(value) ? value.map((one) => one.trim()).join(',') : value?.trim();
}
