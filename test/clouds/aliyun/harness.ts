import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { EmulatorOptions } from '../../../emulator';
import type { AliyunReference } from '../../../lib/batch/contract/cloud-reference';
import type { Cloud } from '../../../lib/batch/ports/cloud';
import type { CredentialSource } from '../../../lib/clouds/http/credentials';
import { connectCloud } from '../../../lib/clouds/registry';
import { startBareBench, type BareBench, type Surroundings } from '../bare-bench';

export { names } from '../bare-bench';

export interface Bench extends Omit<BareBench, 'open'> {
  connect(options?: ConnectOptions): Cloud;
  /** A server that answers each request with the next of `answers`, or with the last one; for what no emulator says. */
  serve(...answers: LiteralAnswer[]): Promise<LiteralServer>;
  /** The operations that reached the emulator, or that it kept from arriving, in order. */
  operations(): string[];
}

type LiteralAnswer = (request: IncomingMessage, response: ServerResponse) => void;

export interface LiteralServer {
  url: string;
  /** The operations that were asked for. */
  requests: string[];
  /** What the forms of these requests held. */
  forms: URLSearchParams[];
  /** Resolves with the first request. */
  asked: Promise<unknown>;
  close: () => void;
}

interface ConnectOptions extends Surroundings {
  reference?: Partial<AliyunReference>;
  credentials?: CredentialSource;
}

/** An emulator and connections to Alibaba's half of it. */
export async function startBench(options: EmulatorOptions = {}): Promise<Bench> {
  const bare = await startBareBench(options);
  const { url, aliyun, emulator } = bare.running;
  const servers: LiteralServer[] = [];
  return {
    ...bare,
    operations: () => emulator.journal.calls().map((call) => call.operation),
    connect({ reference, credentials, ...surroundings } = {}) {
      const { accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret, region, productKey, instanceId } = aliyun;
      const product = { region, productKey, instanceId, endpoint: url, ...reference };
      const keys = credentials ?? (async () => JSON.stringify({ AccessKeyId, AccessKeySecret }));
      return bare.open((environment) => connectCloud({ aliyun: product }, keys, environment), surroundings);
    },
    async serve(...answers) {
      const server = await literalServer(answers);
      servers.push(server);
      return server;
    },
    async close() {
      servers.forEach((server) => server.close());
      await bare.close();
    },
  };
}

async function literalServer(answers: LiteralAnswer[]): Promise<LiteralServer> {
  const requests: string[] = [];
  const forms: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    requests.push(String(request.headers['x-acs-action']));
    void text(request).then((body) => {
      forms.push(new URLSearchParams(body));
      answer?.(request, response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    forms,
    asked: once(server, 'request'),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Answers this JSON text with HTTP 200. */
export const json =
  (body: unknown, status = 200) =>
  (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

/** Answers this XML text. */
export const xml =
  (body: string, status = 200) =>
  (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'text/xml;charset=utf-8' });
    response.end(body);
  };
