import * as z from 'zod';
import type { AdminCall, AdminRoutes } from './admin-routes';
import { aliyunRoutes } from './aliyun/admin';
import type { IotEmulator } from './emulator';
import { faultRuleSchema } from './fault-schema';
import { type EmulatorRequest, type HttpAnswer, jsonAnswer } from './message';
import { tencentRoutes } from './tencent/admin';

/** Neither vendor has such a path. */
export const adminPrefix = '/_emulator/';

/** JSON in, JSON out, without a password: the emulator holds nothing that is worth one. */
export function answerAdmin(emulator: IotEmulator, request: EmulatorRequest): HttpAnswer {
  const url = new URL(request.url, 'http://emulator');
  const path = url.pathname.slice(adminPrefix.length);
  const routes: AdminRoutes = {
    ...generalRoutes(emulator),
    ...aliyunRoutes(emulator.aliyun),
    ...tencentRoutes(emulator.tencent),
  };
  const [parent = '', rest] = splitLast(path);
  const route = routes[`${request.method} ${path}`] ?? routes[`${request.method} ${parent}/*`];
  if (!route)
    return jsonAnswer(404, { message: `no such call: ${request.method} ${path}`, calls: Object.keys(routes) });
  try {
    return jsonAnswer(200, route({ query: url.searchParams, rest, body: bodyReader(request) }) ?? {});
  } catch (error) {
    return jsonAnswer(400, {
      message: error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message,
    });
  }
}

function generalRoutes(emulator: IotEmulator): AdminRoutes {
  const { clock, faults, journal } = emulator;
  const time = () => ({ time: clock.now(), workTime: clock.workAt(clock.now()), speed: clock.speed });
  return {
    'GET clock': time,
    'POST clock': ({ body }) => {
      const { speed, advanceMs } = body(clockSchema);
      if (speed !== undefined) emulator.setSpeed(speed);
      if (advanceMs !== undefined) emulator.advance(advanceMs);
      return time();
    },
    'GET faults': () => faults.list(),
    'POST faults': ({ body }) => ({ id: faults.add(body(faultRuleSchema)) }),
    'DELETE faults': () => faults.clear(),
    'DELETE faults/*': ({ rest }) => faults.clear(Number(rest)),
    'GET journal': ({ query }) => ({
      calls: journal.calls(query.get('operation') ?? undefined),
      deviceEvents: journal.deviceEvents(),
    }),
    'POST reset': () => emulator.reset(),
  };
}

const clockSchema = z.strictObject({
  speed: z.number().positive().optional(),
  advanceMs: z.number().nonnegative().optional(),
});

function bodyReader(request: EmulatorRequest): AdminCall['body'] {
  return (schema) => {
    const text = request.body.toString('utf8');
    return schema.parse(text.trim() === '' ? {} : JSON.parse(text));
  };
}

function splitLast(path: string): [string, string | undefined] {
  const at = path.lastIndexOf('/');
  return at < 0 ? [path, undefined] : [path.slice(0, at), path.slice(at + 1)];
}
