import type { EmulatorRequest } from '../../message';
import { isTc3 } from '../tc3';

const kibi = 1_024;

/** How many bytes a request may have: GET 32 KB, POST 10 MB by TC3 and 1 MB else (cloud.tencent.com api/634). */
export function bodyLimitOf(request: EmulatorRequest): number {
  if (request.method === 'GET') return 32 * kibi;
  return isTc3(request) ? 10 * kibi * kibi : kibi * kibi;
}
