import { startEmulator, type EmulatorOptions, type RunningEmulator } from '../../../emulator';
import type { TencentReference } from '../../../lib/batch/contract/cloud-reference';
import type { Cloud } from '../../../lib/batch/ports/cloud';
import type { CloudEnvironment } from '../../../lib/clouds/environment';
import type { CredentialSource } from '../../../lib/clouds/http/credentials';
import type { HttpRequest, Transport } from '../../../lib/clouds/http/transport';
import { connectTencent } from '../../../lib/clouds/tencent';
import { VirtualClock } from '../virtual-clock';

export interface Bench {
  clock: VirtualClock;
  running: RunningEmulator;
  /** What was logged, as one text. */
  log: () => string;
  connect(options?: ConnectOptions): Cloud;
  /** Codes of the calls of one operation that reached the emulator; undefined for success. */
  codes(operation: string): (string | undefined)[];
  close(): Promise<void>;
}

interface ConnectOptions extends Partial<Omit<CloudEnvironment, 'observer'>> {
  reference?: Partial<TencentReference>;
  credentials?: CredentialSource;
}

/** An emulator and connections to it, over real HTTP on one virtual clock. */
export async function startBench(options: EmulatorOptions = {}): Promise<Bench> {
  const clock = new VirtualClock();
  const running = await startEmulator({ clock, ...options });
  const lines: string[] = [];
  const open: Cloud[] = [];
  return {
    clock,
    running,
    log: () => lines.join('\n'),
    codes: (operation) => running.emulator.journal.calls(operation).map(({ code }) => code),
    connect({ reference, credentials, ...environment } = {}) {
      const { secretId: SecretId, secretKey: SecretKey, productId } = running.tencent;
      const cloud = connectTencent(
        { productId, endpoint: running.url, ...reference },
        credentials ?? (async () => JSON.stringify({ SecretId, SecretKey })),
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
    async close() {
      await Promise.all(open.map((cloud) => cloud.close()));
      await running.close();
    },
  };
}

/** A network at whose other end each request gets the next of these answers, or the last one. */
export function answering(...answers: { status?: number; body: unknown }[]): Transport & { sent: HttpRequest[] } {
  const sent: HttpRequest[] = [];
  return {
    sent,
    send: async (request) => {
      sent.push(request);
      const { status = 200, body } = answers[Math.min(sent.length, answers.length) - 1] ?? { body: '' };
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return { status, headers: { 'content-type': 'application/json' }, body: text };
    },
    close: async () => undefined,
  };
}

export const names = (count: number, prefix = 'light-'): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1).padStart(3, '0')}`);
