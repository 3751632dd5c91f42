import * as z from 'zod';

/** An object whose members' names are told apart without regard to case: pages and SDKs differ in it. */
export function caseless<Shape extends z.ZodRawShape>(shape: Shape) {
  const spelling = new Map(Object.keys(shape).map((name) => [name.toLowerCase(), name]));
  return z.preprocess((value) => {
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [spelling.get(name.toLowerCase()) ?? name, member]),
    );
  }, z.object(shape));
}

/**
 * A list as this API writes it: within an object under one of `names` (`{"Name": […]}`). It also comes bare, with one
 * item in place of the list, or, if it is empty, as `{}`, `null`, `""` or not at all.
 */
export function list<Item extends z.ZodType>(item: Item, ...names: string[]) {
  const wrappers = names.map((name) => name.toLowerCase());
  const unwrap = (value: unknown): unknown => {
    if (value === undefined || value === null || value === '') return [];
    if (Array.isArray(value) || !isObject(value)) return value;
    const members = Object.entries(value);
    if (members.length === 0) return [];
    const wrapped = members.find(([name]) => wrappers.includes(name.toLowerCase()));
    if (wrapped === undefined) return value;
    const inner = wrapped[1] ?? [];
    return Array.isArray(inner) ? inner : [inner];
  };
  return z.preprocess(unwrap, z.array(item));
}

/** An id: a 64-bit number or a text, kept as text. */
export const id = z.union([z.string().min(1), z.number(), z.bigint()]).transform(String);

/** A count, also where it is written as a text. */
export const count = z.preprocess(
  (value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
  z.number().int().nonnegative(),
);

/** A text that may be missing, null or empty; all three are undefined. */
export const optionalText = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === undefined || value === null || value === '' ? undefined : String(value)));

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
