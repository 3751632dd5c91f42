import type { EmulatorRequest } from '../message';
import type { AnswerContext, Api } from './api';
import { api2, legacyPath } from './api-2/api-2';
import { api3 } from './api-3/api-3';
import type { GatewaySettings } from './gateway';

/** The generation is told by the path. */
export function apiOf(request: EmulatorRequest, settings: GatewaySettings, context: AnswerContext): Api {
  return request.url.split('?')[0] === legacyPath ? api2(request, settings, context) : api3(request, settings, context);
}
