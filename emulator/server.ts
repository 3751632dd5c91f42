import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IotEmulator } from './emulator';
import type { EmulatorAnswer } from './message';

/** Alibaba's SDK puts 10,000 names into the URL, which Node would refuse at 16 KiB. */
const maxHeaderSize = 2 * 1024 * 1024;
const maxBodySize = 32 * 1024 * 1024;

/** The thin shell: bytes in, bytes out, and the waiting that the core asks for. */
export function serverOf(emulator: IotEmulator): Server {
  const server = createServer({ maxHeaderSize }, (incoming, response) => {
    answer(emulator, incoming, response).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`the emulator itself has failed: ${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
    });
  });
  return server;
}

async function answer(emulator: IotEmulator, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(incoming);
  if (!body) {
    response.writeHead(413, { connection: 'close' }).end();
    return;
  }
  const { method = 'GET', url = '/', headers } = incoming;
  const result = emulator.handle({ method, url, headers, body });
  if (result.delayMs > 0) {
    const ended = new AbortController();
    response.once('close', () => ended.abort());
    await sleep(result.delayMs, undefined, { signal: ended.signal }).catch(() => undefined);
  }
  send(result, response);
}

function send(result: EmulatorAnswer, response: ServerResponse): void {
  if (response.destroyed) return;
  if (result.kind === 'dropped') {
    response.socket?.resetAndDestroy();
    return;
  }
  response.writeHead(result.status, { ...result.headers, 'content-length': result.body.length });
  if (result.cutAt === undefined) response.end(result.body);
  else response.write(result.body.subarray(0, result.cutAt), () => response.socket?.destroy());
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodySize) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
