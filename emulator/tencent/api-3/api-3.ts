import { type EmulatorRequest, header, jsonAnswer } from '../../message';
import type { AnswerContext, Api } from '../api';
import { missing, Refusal } from '../errors';
import { formOf } from '../form';
import type { GatewaySettings } from '../gateway';
import type { Operation } from '../operation';
import { Parameters, type Values } from '../parameters';
import { querySignatureClaim } from '../query-signature';
import { isTc3, tc3Claim } from '../tc3';
import { operations } from './operations';
import { bodyLimitOf } from './size-limits';

/** The one version that has the batch operations (official SDKs: 2021-04-08 has none of them). */
export const version = '2018-06-14';

/** API 3.0: TC3 names the operation in headers and has JSON; signatures of version 1 have everything in a query or form. */
export function api3(request: EmulatorRequest, settings: GatewaySettings, context: AnswerContext): Api {
  const { assumptions } = settings;
  const flat = isTc3(request) ? undefined : formOf(request);
  const named = (headerName: string, parameter: string) => (flat ? flat.get(parameter) : header(request, headerName));
  const read = parametersOf(request, flat, settings);
  const parameters = read ?? Parameters.ofJson({}, assumptions);

  return {
    generation: '3.0',
    parameters,
    operation: () => {
      if (request.method !== 'POST' && request.method !== 'GET') {
        throw new Refusal('UnsupportedProtocol', 'Only GET and POST requests are supported.');
      }
      if (request.body.length + request.url.length > bodyLimitOf(request)) {
        throw new Refusal('RequestSizeLimitExceeded', 'The request is too large.');
      }
      if (!read) throw new Refusal('InvalidRequest', 'The body of the request is no JSON object.');
      const operation = operationOf(
        named('x-tc-action', 'Action'),
        named('x-tc-version', 'Version'),
        settings.versions,
        assumptions.unknownVersion,
      );
      if (assumptions.unknownParameter === 'refused') requireKnown(parameters, operation);
      return operation;
    },
    claim: () => (flat ? querySignatureClaim(request, flat) : tc3Claim(request)),
    success: (payload) => enveloped(request, 200, payload, context),
    failure: ({ code, message, status }) =>
      enveloped(request, status, { Error: { Code: code, Message: message } }, context),
  };
}

/** Of every call of version 1, not the operation's own (tencentcloud-sdk-nodejs 4.1.313). */
const commonParameters = new Set(
  'Action Version Region Timestamp Nonce SecretId Signature SignatureMethod Token Language RequestClient'.split(' '),
);

function parametersOf(
  request: EmulatorRequest,
  flat: ReadonlyMap<string, string> | undefined,
  { assumptions }: GatewaySettings,
): Parameters | undefined {
  if (flat || request.method === 'GET') {
    const own = flat ? [...flat].filter(([name]) => !commonParameters.has(name)) : formOf(request);
    return Parameters.ofPairs(own, assumptions);
  }
  try {
    const body: unknown = JSON.parse(request.body.toString('utf8'));
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
    return Parameters.ofJson(body as Values, assumptions);
  } catch {
    return undefined;
  }
}

function operationOf(
  action: string | undefined,
  asked: string | undefined,
  versions: readonly string[],
  unknownVersion: string,
): Operation {
  if (!action) throw missing('Action');
  if (asked === undefined) throw missing('Version');
  if (!versions.includes(asked)) throw new Refusal(unknownVersion, `The version ${asked} does not exist.`);
  const operation = asked === version ? operations.get(action) : undefined;
  if (!operation) throw new Refusal('InvalidAction', `The action ${action} of version ${asked} does not exist.`);
  return operation;
}

function requireKnown(parameters: Parameters, { parameters: known }: Operation): void {
  const unknown = parameters.names().find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Refusal('UnknownParameter', `The parameter ${unknown} is not recognized.`);
  }
}

/** HTTP 200, also where it is an error. */
function enveloped(request: EmulatorRequest, status: number, content: object, { requestId, shown }: AnswerContext) {
  const trace = header(request, 'x-tc-traceid');
  return jsonAnswer(
    status,
    { Response: { ...content, RequestId: requestId } },
    { date: new Date(shown).toUTCString(), ...(trace === undefined ? {} : { 'x-tc-traceid': trace }) },
  );
}
