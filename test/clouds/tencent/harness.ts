import type { EmulatorOptions } from '../../../emulator';
import type { TencentApiVersion, TencentReference } from '../../../lib/batch/contract/cloud-reference';
import type { Cloud } from '../../../lib/batch/ports/cloud';
import type { CredentialSource } from '../../../lib/clouds/http/credentials';
import { RateLimits } from '../../../lib/clouds/http/rate-limits';
import type { HttpRequest, Transport } from '../../../lib/clouds/http/transport';
import { connectTencent } from '../../../lib/clouds/tencent';
import { startBareBench, type BareBench, type Surroundings } from '../bare-bench';
import { VirtualClock } from '../virtual-clock';

export { names } from '../bare-bench';

export interface Bench extends Omit<BareBench, 'open'> {
  connect(options?: ConnectOptions): Cloud;
  /** Codes of the calls of one operation that reached the emulator; undefined for success. */
  codes(operation: string): (string | undefined)[];
}

interface ConnectOptions extends Surroundings {
  reference?: Partial<TencentReference>;
  credentials?: CredentialSource;
}

/** An emulator and connections to Tencent's half of it. */
export async function startBench(options: EmulatorOptions = {}): Promise<Bench> {
  const bare = await startBareBench(options);
  const { url, tencent, emulator } = bare.running;
  return {
    ...bare,
    codes: (operation) => emulator.journal.calls(operation).map(({ code }) => code),
    connect({ reference, credentials, ...surroundings } = {}) {
      const { secretId: SecretId, secretKey: SecretKey, productId } = tencent;
      const product = { productId, endpoint: url, ...reference };
      const keys = credentials ?? (async () => JSON.stringify({ SecretId, SecretKey }));
      return bare.open((environment) => connectTencent(product, keys, environment), surroundings);
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

/** A cloud that gives these answers one after the other, then the last one again and again; for what no emulator says. */
export function literalCloud(
  apiVersion: TencentApiVersion,
  ...bodies: unknown[]
): { cloud: Cloud; sent: HttpRequest[] } {
  const transport = answering(...bodies.map((body) => ({ body })));
  const clock = new VirtualClock();
  const environment = {
    clock,
    observer: { log: () => undefined, progress: () => undefined },
    rates: new RateLimits(clock, 1),
    until: Infinity,
  };
  const keys = async () => ({ SecretId: 'AKIDEXAMPLE', SecretKey: 'EXAMPLEKEY' });
  const cloud = connectTencent({ productId: 'ABCED12345', apiVersion }, keys, { ...environment, transport });
  return { cloud, sent: transport.sent };
}
