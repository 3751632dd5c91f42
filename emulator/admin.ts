import type { IotEmulator } from './emulator';
import { type EmulatorRequest, type HttpAnswer, jsonAnswer } from './message';

export const adminPrefix = '/_emulator/';

export function answerAdmin(_emulator: IotEmulator, _request: EmulatorRequest): HttpAnswer {
  return jsonAnswer(404, { message: 'not yet' });
}
