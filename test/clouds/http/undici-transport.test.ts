import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSocketServer, type AddressInfo } from 'node:net';
import { intercept, TransportError, type HttpRequest, type Transport } from '../../../lib/clouds/http/transport';
import { undiciTransport } from '../../../lib/clouds/http/undici-transport';

let server: Server;
let answer: (...exchange: Parameters<RequestListener>) => void | Promise<void>;
let transport: Transport;
let url: string;

beforeEach(async () => {
  server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  transport = undiciTransport({ maxAnswerBytes: 1_000 });
});

afterEach(async () => {
  await transport.close();
  server.closeAllConnections();
  server.close();
});

const request = (rest: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  url: `${url}/`,
  headers: {},
  body: '',
  timeoutMs: 5_000,
  ...rest,
});

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of incoming) text += String(chunk);
  return text;
}

describe('the transport', () => {
  test('sends path, query, host and body byte for byte', async () => {
    let seen: unknown;
    answer = async (incoming, response) => {
      const { host, 'content-type': type, 'content-length': length } = incoming.headers;
      seen = { url: incoming.url, host, type, length, body: await bodyOf(incoming) };
      response.setHeader('X-Twice', ['a', 'b']).writeHead(201).end('灯');
    };
    const sent = request({
      url: `${url}/?Odd=%27a%2Ab~%20%2B`,
      headers: { 'content-type': 'text/odd' },
      body: 'Name=灯',
    });
    expect(await transport.send(sent)).toMatchObject({ status: 201, headers: { 'x-twice': 'a, b' }, body: '灯' });
    expect(seen).toEqual({
      url: '/?Odd=%27a%2Ab~%20%2B',
      host: new URL(url).host,
      type: 'text/odd',
      length: '8',
      body: 'Name=灯',
    });
  });

  test('sends an empty body as one of length 0', async () => {
    answer = (incoming, response) => void response.end(incoming.headers['content-length']);
    expect((await transport.send(request())).body).toBe('0');
  });

  test('follows no redirect', async () => {
    answer = (_incoming, response) => void response.writeHead(302, { location: '/elsewhere' }).end();
    expect(await transport.send(request())).toMatchObject({ status: 302 });
  });

  test('knows that a refused connection sent nothing', async () => {
    const gone = createSocketServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, 'close');
    const error = await transport
      .send(request({ url: `http://127.0.0.1:${port}/` }))
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({
      code: 'NotConnected',
      sent: 'no',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  test('knows that a name that does not resolve was sent nothing', async () => {
    await expect(transport.send(request({ url: 'http://no-such-host.invalid/' }))).rejects.toMatchObject({
      code: 'NotConnected',
      sent: 'no',
    });
  });

  test('does not know what became of a request whose connection broke', async () => {
    answer = (incoming) => void incoming.socket.resetAndDestroy();
    await expect(transport.send(request())).rejects.toMatchObject({ code: 'ConnectionLost', sent: 'perhaps' });
  });

  test('does not take half an answer for an answer', async () => {
    answer = (_incoming, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"Success":', () => response.destroy());
    };
    await expect(transport.send(request())).rejects.toMatchObject({ code: 'ConnectionLost', sent: 'perhaps' });
  });

  test('I6: gives up at its deadline, also in the middle of an answer', async () => {
    answer = (_incoming, response) => void response.write('x');
    await expect(transport.send(request({ timeoutMs: 30 }))).rejects.toMatchObject({
      code: 'Timeout',
      sent: 'perhaps',
    });
  });

  test('I3: never sends later what it gave up while it waited for a connection', async () => {
    const held: ServerResponse[] = [];
    let arrived = 0;
    answer = (_incoming, response) => {
      arrived += 1;
      held.push(response);
    };
    await transport.close();
    transport = undiciTransport({ connections: 1 });
    const first = transport.send(request());
    await expect(transport.send(request({ timeoutMs: 30 }))).rejects.toMatchObject({ code: 'Timeout', sent: 'no' });
    held[0]?.end('done');
    expect(await first).toMatchObject({ body: 'done' });
    answer = (_incoming, response) => {
      arrived += 1;
      response.end('after');
    };
    expect(await transport.send(request())).toMatchObject({ body: 'after' });
    expect(arrived).toBe(2);
  });

  test('refuses an answer without end', async () => {
    answer = (_incoming, response) => void response.end('x'.repeat(1_001));
    await expect(transport.send(request())).rejects.toMatchObject({ code: 'AnswerTooLong', sent: 'perhaps' });
  });

  test('leaves no socket when it is closed, and sends nothing more', async () => {
    answer = (_incoming, response) => void response.end();
    await Promise.all([transport.send(request()), transport.send(request())]);
    answer = () => undefined;
    const held = transport.send(request()).catch((error: unknown) => error);
    await once(server, 'request');
    await transport.close();
    expect(await held).toMatchObject({ code: 'Closed', sent: 'perhaps' });
    await expect(transport.send(request())).rejects.toMatchObject({ code: 'Closed', sent: 'no' });
    server.close();
    await once(server, 'close');
  });

  test('can be intercepted, to lose an answer', async () => {
    answer = (_incoming, response) => void response.end('executed');
    const lossy = intercept(transport, async (sent, next) => {
      await next(sent);
      throw new TransportError('ConnectionLost', 'perhaps', 'lost');
    });
    await expect(lossy.send(request())).rejects.toMatchObject({ sent: 'perhaps' });
  });
});

describe('a proxy', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });

  test('from the environment is used, but for hosts of no_proxy', async () => {
    const tunnels: string[] = [];
    const proxy = createServer().on('connect', (incoming, socket) => {
      tunnels.push(incoming.url ?? '');
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    process.env.http_proxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    process.env.no_proxy = '127.0.0.1';
    const proxied = undiciTransport();
    answer = (_incoming, response) => void response.end('direct');
    expect(await proxied.send(request())).toMatchObject({ body: 'direct' });
    await expect(proxied.send(request({ url: 'http://iot.example/' }))).rejects.toMatchObject({
      code: 'NotConnected',
      sent: 'no',
    });
    expect(tunnels).toEqual(['iot.example:80']);
    await proxied.close();
    proxy.closeAllConnections();
    proxy.close();
  });
});
