import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type EmulatorOptions, IotEmulator } from './emulator';
import { serverOf } from './server';

export interface StartOptions extends EmulatorOptions {
  /** @default 0: any free port */
  port?: number;
  /** The address to listen on. The admin API asks for no password: open it to a network that you trust only. @default '127.0.0.1' */
  host?: string;
}

export interface RunningEmulator {
  /** What to give clients as endpoint, e.g. `http://127.0.0.1:41234`. */
  url: string;
  port: number;
  /** The core, for tests in the same process. */
  emulator: IotEmulator;
  aliyun: { accessKeyId: string; accessKeySecret: string; productKey: string; region: string; instanceId?: string };
  tencent: { secretId: string; secretKey: string; productId: string };
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
}

/** Starts an emulator on a port of its own. Rejects with the system's error (`EADDRINUSE`) where it cannot listen. */
export async function startEmulator(options: StartOptions = {}): Promise<RunningEmulator> {
  const emulator = new IotEmulator(options);
  const server = serverOf(emulator);
  const host = options.host ?? '127.0.0.1';
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { accessKey, productKey, region } = emulator.aliyun;
  const { apiKey, productId } = emulator.tencent;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    emulator,
    aliyun: {
      accessKeyId: accessKey.accessKeyId,
      accessKeySecret: accessKey.accessKeySecret,
      productKey,
      region,
      instanceId: options.aliyun?.product?.instanceId,
    },
    tencent: { secretId: apiKey.secretId, secretKey: apiKey.secretKey, productId },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
