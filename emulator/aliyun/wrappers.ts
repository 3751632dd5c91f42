import type { Fault } from '../faults';
import { Long } from './long';

type Shape = Extract<Fault, { kind: 'wrappers' }>['as'];

/** Replaces every object whose only content is one list (`{"Name":[…]}`) by what real servers send instead. */
export function reshapeWrappers(value: unknown, as: Shape): unknown {
  if (Array.isArray(value)) return value.map((item) => reshapeWrappers(item, as));
  if (typeof value !== 'object' || value === null || value instanceof Long) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
      const list = wrappedList(inner);
      if (!list) return [[key, reshapeWrappers(inner, as)]];
      switch (as) {
        case 'missing':
          return [];
        case 'null':
          return [[key, null]];
        case 'empty':
          return [[key, {}]];
        case 'array':
          return [[key, list]];
      }
    }),
  );
}

function wrappedList(value: unknown): unknown[] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const inner: unknown[] = Object.values(value);
  return inner.length === 1 && Array.isArray(inner[0]) ? (inner[0] as unknown[]) : undefined;
}
