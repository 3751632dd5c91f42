import type { Case } from '../vendor';
import type { Keys } from './sdks';
import type { Stage } from './stage';

/** The codes of what can befall any call, in one of the two APIs. */
export interface GeneralCodes {
  token: string;
  unknownKey: string;
  signature: string;
  denied: string;
  expired: string;
  throttled: string;
  internal: string;
}

type Asked = Pick<Case<Stage, Keys>, 'operation' | 'parameters'>;

/** What can befall any call, by the example of one. */
export function casesOfAnyCall(
  asked: Asked,
  good: Case<Stage, Keys>['expected'],
  codes: GeneralCodes,
): Case<Stage, Keys>[] {
  const temporary = { secretId: 'AKIDtemporary', secretKey: 'of-today', token: 'tok/+=en' };
  const seed = (more: { expiresAt?: number; active?: boolean; denied?: string[] } = {}) => ({
    prepare: ({ emulator }: Stage) => emulator.tencent.seed({ keys: [{ ...temporary, ...more }] }),
    keys: () => temporary,
  });
  const one = (
    what: string,
    service: string,
    rest: Pick<Case<Stage, Keys>, 'prepare' | 'keys'>,
  ): Case<Stage, Keys> => ({
    ...asked,
    what,
    expected: { service },
    ...rest,
  });
  return [
    { ...asked, what: 'good, with a temporary key', expected: good, ...seed() },
    one("another key's token", codes.token, { ...seed(), keys: () => ({ ...temporary, token: 'another' }) }),
    one('no token', codes.token, { ...seed(), keys: () => ({ ...temporary, token: undefined }) }),
    one('token at its end', codes.token, seed({ expiresAt: Date.now() - 1 })),
    one('unknown key', codes.unknownKey, { keys: () => ({ secretId: 'nobody', secretKey: 'x' }) }),
    one('disabled key', codes.unknownKey, seed({ active: false })),
    one('wrong secret', codes.signature, {
      keys: ({ emulator }) => ({ ...emulator.tencent.apiKey, secretKey: 'wrong' }),
    }),
    one('denied by CAM', codes.denied, seed({ denied: [asked.operation] })),
    one('clock 6 minutes off', codes.expired, {
      prepare: ({ emulator }) => emulator.faults.add({ fault: { kind: 'clockSkew', ms: 6 * 60_000 } }),
    }),
    one('too many calls', codes.throttled, {
      prepare: ({ emulator }) => emulator.faults.add({ fault: { kind: 'throttle' } }),
    }),
    one('internal error', codes.internal, {
      prepare: ({ emulator }) => emulator.faults.add({ fault: { kind: 'businessError', code: 'InternalError' } }),
    }),
  ];
}
