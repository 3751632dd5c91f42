import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { startEmulator, type EmulatorOptions, type RunningEmulator } from '../../../emulator';
import type { AliyunReference } from '../../../lib/batch/contract/cloud-reference';
import type { Cloud } from '../../../lib/batch/ports/cloud';
import type { CloudEnvironment } from '../../../lib/clouds/environment';
import type { CredentialSource } from '../../../lib/clouds/http/credentials';
import { connectCloud } from '../../../lib/clouds/registry';
import { VirtualClock } from '../virtual-clock';

export interface Bench {
  clock: VirtualClock;
  running: RunningEmulator;
  /** What was logged, as one text. */
  log: () => string;
  connect(options?: ConnectOptions): Cloud;
  /** A server that answers each request with the next of `answers`, or with the last one; for what no emulator says. */
  serve(...answers: LiteralAnswer[]): Promise<LiteralServer>;
  /** The operations that reached the emulator, or that it kept from arriving, in order. */
  operations(): string[];
  close(): Promise<void>;
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

interface ConnectOptions extends Partial<Omit<CloudEnvironment, 'observer'>> {
  reference?: Partial<AliyunReference>;
  credentials?: CredentialSource;
}

/** An emulator and connections to it, over real HTTP on one virtual clock. */
export async function startBench(options: EmulatorOptions = {}): Promise<Bench> {
  const clock = new VirtualClock();
  const running = await startEmulator({ clock, ...options });
  const lines: string[] = [];
  const open: Cloud[] = [];
  const servers: LiteralServer[] = [];
  return {
    clock,
    running,
    log: () => lines.join('\n'),
    operations: () => running.emulator.journal.calls().map((call) => call.operation),
    connect({ reference, credentials, ...environment } = {}) {
      const {
        accessKeyId: AccessKeyId,
        accessKeySecret: AccessKeySecret,
        region,
        productKey,
        instanceId,
      } = running.aliyun;
      const cloud = connectCloud(
        { aliyun: { region, productKey, instanceId, endpoint: running.url, ...reference } },
        credentials ?? (async () => JSON.stringify({ AccessKeyId, AccessKeySecret })),
        {
          clock,
          observer: {
            log: (level, message, fields) => lines.push(JSON.stringify({ level, message, ...fields })),
            progress: () => undefined,
          },
          share: 1,
          until: Infinity,
          ...environment,
        },
      );
      open.push(cloud);
      return cloud;
    },
    async serve(...answers) {
      const server = await literalServer(answers);
      servers.push(server);
      return server;
    },
    async close() {
      servers.forEach((server) => server.close());
      await Promise.all(open.map((cloud) => cloud.close()));
      await running.close();
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

export const names = (count: number, prefix = 'light-'): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1).padStart(3, '0')}`);
