import { invalidPage } from '../errors';
import type { Parameters } from '../parameters';

export interface PageRequest {
  page: number;
  pageSize: number;
}

/** CurrentPage (default 1) and PageSize (default 10, at most 50): help.aliyun.com 69518, 69905. */
export function pageOf(parameters: Parameters): PageRequest {
  const page = wholeNumber(parameters, 'CurrentPage', 1);
  const pageSize = wholeNumber(parameters, 'PageSize', 10);
  if (page < 1 || pageSize < 1 || pageSize > 50) throw invalidPage();
  return { page, pageSize };
}

export function slice<T>(items: readonly T[], { page, pageSize }: PageRequest): T[] {
  return items.slice((page - 1) * pageSize, page * pageSize);
}

/** The integers that go with every page. */
export function pageFields({ page, pageSize }: PageRequest, total: number) {
  return { Page: page, PageCount: Math.ceil(total / pageSize), PageSize: pageSize, Total: total };
}

function wholeNumber(parameters: Parameters, name: string, fallback: number): number {
  if (parameters.text(name) === undefined) return fallback;
  const digits = parameters.digits(name);
  if (digits === undefined) throw invalidPage();
  return Number(digits);
}
