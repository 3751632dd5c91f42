import type { IotEmulator } from '../../../emulator';
import { BusinessError, GatewayError } from '../../../emulator/aliyun/errors';
import { Long } from '../../../emulator/aliyun/long';
import { operations } from '../../../emulator/aliyun/operations';
import { Parameters } from '../../../emulator/aliyun/parameters';
import type { Fault as EmulatedFault } from '../../../emulator';

/** A call as it reaches the cloud: what an HTTP request says once its signature is verified. */
export interface DirectCall {
  operation: string;
  parameters: Record<string, string | number | undefined>;
  lists: Record<string, readonly string[]>;
  /** Where the call may be sent again as the very same; else it has one of its own. */
  nonce?: string;
  requestId: string;
}

export type DirectAnswer =
  { payload: Record<string, unknown> } | { refused: { code: string; message: string; status: number } };

/**
 * The emulator behind its gateway: the same operations on the same platform, with its keys' nonces and its rates, without
 * signatures, HTTP and JSON, which take most of a call's time.
 */
export class DirectGateway {
  constructor(private readonly emulator: IotEmulator) {}

  serve(call: DirectCall, faults: readonly EmulatedFault[]): DirectAnswer {
    const { aliyun, clock } = this.emulator;
    this.emulator.settle();
    const now = clock.now();
    const { accessKeyId } = aliyun.accessKey;
    try {
      const operation = operations.get(call.operation);
      if (!operation) throw new RangeError(`there is no operation ${call.operation}`);
      if (call.nonce !== undefined) {
        aliyun.keys.checkNonce(accessKeyId, call.nonce, now);
        aliyun.keys.useNonce(accessKeyId, call.nonce, now);
      }
      const parameters = parametersOf(call, aliyun.assumptions);
      const rate = operation.slowerRate?.(parameters) ?? {
        bucket: operation.name,
        perSecond: operation.callsPerSecond,
      };
      if (aliyun.rates.take(rate, now) > 0) throw new GatewayError(400, 'Throttling.User', 'Too many calls.');
      const { platform, assumptions } = aliyun;
      const { requestId } = call;
      const payload = operation.execute({ parameters, platform, assumptions, now, requestId, host: 'direct', faults });
      return { payload: withoutLongs(payload) as Record<string, unknown> };
    } catch (error) {
      if (error instanceof GatewayError) {
        return { refused: { code: error.code, message: error.message, status: error.status } };
      }
      if (error instanceof BusinessError) {
        return {
          refused: { code: error.code, message: error.message, status: aliyun.assumptions.businessErrorStatus },
        };
      }
      throw error;
    }
  }
}

function parametersOf({ parameters, lists }: DirectCall, assumptions: ConstructorParameters<typeof Parameters>[1]) {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) pairs.set(name, String(value));
  for (const [name, values] of Object.entries(lists))
    values.forEach((value, i) => pairs.set(`${name}.${i + 1}`, value));
  return new Parameters(
    { method: 'POST', url: `/?${pairs.toString()}`, headers: {}, body: Buffer.alloc(0) },
    assumptions,
  );
}

function withoutLongs(value: unknown): unknown {
  if (value instanceof Long) return value.digits;
  if (Array.isArray(value)) return value.map(withoutLongs);
  if (typeof value !== 'object' || value === null) return value;
  const plain: Record<string, unknown> = {};
  for (const name of Object.keys(value)) plain[name] = withoutLongs((value as Record<string, unknown>)[name]);
  return plain;
}
