import { invalidPage } from '../errors';
import type { Parameters } from '../parameters';

export interface PageRequest {
  page: number;
  pageSize: number;
}

export interface Paging {
  /** The parameter that counts the pages. @default 'CurrentPage' */
  pageParameter?: string;
  /** @default 50 */
  maximumSize?: number;
  /** Whether the two must be given. @default they may be left out: page 1 of size 10 */
  required?: boolean;
}

/** The page that is asked for, from 1 on, of 10 by default and 50 at most (help.aliyun.com 69518, 69905). */
export function pageOf(parameters: Parameters, paging: Paging = {}): PageRequest {
  const { pageParameter = 'CurrentPage', maximumSize = 50, required = false } = paging;
  if (required) [pageParameter, 'PageSize'].forEach((name) => parameters.required(name));
  const page = wholeNumber(parameters, pageParameter, 1);
  const pageSize = wholeNumber(parameters, 'PageSize', 10);
  if (page < 1 || pageSize < 1 || pageSize > maximumSize) throw invalidPage();
  return { page, pageSize };
}

/** How far down the list the page reaches: what some rates and limits go by (69905). */
export function deepestItem(parameters: Parameters): number {
  return Number(parameters.digits('CurrentPage') ?? 1) * Number(parameters.digits('PageSize') ?? 10);
}

export function slice<T>(items: readonly T[], { page, pageSize }: PageRequest): T[] {
  return items.slice((page - 1) * pageSize, page * pageSize);
}

/** The integers that go with most pages. */
export function pageFields({ page, pageSize }: PageRequest, total: number) {
  return { Page: page, PageCount: Math.ceil(total / pageSize), PageSize: pageSize, Total: total };
}

function wholeNumber(parameters: Parameters, name: string, fallback: number): number {
  if (parameters.text(name) === undefined) return fallback;
  const digits = parameters.digits(name);
  if (digits === undefined) throw invalidPage();
  return Number(digits);
}
