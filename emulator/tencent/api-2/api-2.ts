import { type EmulatorRequest, jsonAnswer } from '../../message';
import type { AnswerContext, Api } from '../api';
import type { TencentAssumptions } from '../assumptions';
import { missing, Refusal } from '../errors';
import { formOf } from '../form';
import type { GatewaySettings } from '../gateway';
import { Parameters } from '../parameters';
import { querySignatureClaim } from '../query-signature';
import { legacyCodeOf } from './codes';
import { operations } from './operations';

/** The one path of all services of API 2.0. */
export const legacyPath = '/v2/index.php';

/** Of every call, not the action's own (cloud.tencent.com api/213/4772; the vendor's clients add RequestClient). */
const commonParameters = new Set(
  'Action Region Timestamp Nonce SecretId Signature SignatureMethod Token RequestClient'.split(' '),
);

/** API 2.0: everything in a query or a form, also the signature. Parameters that it does not know are ignored. */
export function api2(request: EmulatorRequest, settings: GatewaySettings, context: AnswerContext): Api {
  const { assumptions } = settings;
  const pairs = formOf(request);
  return {
    generation: '2.0',
    parameters: Parameters.ofPairs(
      [...pairs].filter(([name]) => !commonParameters.has(name)),
      assumptions,
    ),
    operation: () => {
      if (request.method !== 'POST' && request.method !== 'GET') {
        throw new Refusal('UnsupportedProtocol', 'Only GET and POST requests are supported.');
      }
      const action = pairs.get('Action');
      if (!action) throw missing('Action');
      const operation = operations.get(action);
      if (!operation) throw new Refusal('InvalidAction', `The action ${action} does not exist.`);
      return operation;
    },
    claim: () => querySignatureClaim(request, pairs),
    success: (payload) =>
      answered(200, { code: shownCode(0, assumptions), message: '', codeDesc: 'Success', ...payload }, context),
    failure: (refusal) => answered(refusal.status, failureOf(refusal, assumptions), context),
  };
}

/** The module's own code stands before the message, in brackets (the vendor's page of GetMultiDevices). */
function failureOf({ code, message }: Refusal, assumptions: Readonly<TencentAssumptions>) {
  const { code: common, module } = legacyCodeOf(code, assumptions);
  const [open, close] = assumptions.legacyBrackets;
  return {
    code: shownCode(common, assumptions),
    message: module === undefined ? message : `${open}${module}${close}${message}`,
    codeDesc: /^\d+$/.test(code) ? 'Failed' : code.split('.').at(-1),
  };
}

function shownCode(code: number, { legacyCode }: Readonly<TencentAssumptions>): number | string {
  return legacyCode === 'number' ? code : String(code);
}

/** HTTP 200, also where it is an error. */
function answered(status: number, body: object, { shown }: AnswerContext) {
  return jsonAnswer(status, body, { date: new Date(shown).toUTCString() });
}
