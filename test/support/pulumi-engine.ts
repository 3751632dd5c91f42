import { Server, ServerCredentials } from '@grpc/grpc-js';
import { EngineService } from '@pulumi/pulumi/proto/engine_grpc_pb';
import type { LogRequest } from '@pulumi/pulumi/proto/engine_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** What stands in for the engine that has started a plugin. */
export interface StandInEngine {
  readonly address: string;
  /** What it was told to show beside a resource for a while. */
  readonly shown: readonly Shown[];
  /** How many there are with it. */
  readonly connections: number;
  /** As if it had been killed. */
  end(): Promise<void>;
}

export interface Shown {
  readonly urn: string;
  readonly text: string;
}

/** One that takes what it is told. */
export function startEngine(): Promise<StandInEngine> {
  const shown: Shown[] = [];
  const server = new Server();
  server.addService(EngineService, {
    log: ({ request }: { request: LogRequest }, done: (failure: null, answer: Empty) => void) => {
      if (request.getEphemeral()) shown.push({ urn: request.getUrn(), text: request.getMessage() });
      done(null, new Empty());
    },
  });
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return listen((socket) => injector.injectConnection(socket), shown);
}

/** One that takes connections and says nothing, as if it had been stopped. */
export function startMuteEngine(): Promise<StandInEngine> {
  return listen((socket) => socket.on('error', () => undefined));
}

async function listen(serve: (socket: Socket) => unknown, shown: readonly Shown[] = []): Promise<StandInEngine> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)));
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    shown,
    get connections() {
      return sockets.size;
    },
    end: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
