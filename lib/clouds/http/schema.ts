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
  return explicitList(item, ...names).transform((items) => items ?? []);
}

/** The same, but undefined where nothing but the lack of a list says that it is empty. */
export function explicitList<Item extends z.ZodType>(item: Item, ...names: string[]) {
  const wrappers = names.map((name) => name.toLowerCase());
  const unwrap = (value: unknown): unknown => {
    if (isNothing(value)) return undefined;
    if (!isObject(value)) return value;
    const wrapped = Object.entries(value).find(([name]) => wrappers.includes(name.toLowerCase()));
    if (wrapped === undefined) return Object.keys(value).length === 0 ? undefined : value;
    const [, inner] = wrapped;
    if (isNothing(inner)) return undefined;
    return Array.isArray(inner) ? inner : [inner];
  };
  return z.preprocess(unwrap, z.array(item).optional());
}

/** An id: a 64-bit number or a text, kept as text. */
export const id = z.union([z.string().min(1), z.number(), z.bigint()]).transform(String);

/** A count, also where it is written as a text. */
export const count = z.preprocess(
  (value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
  z.number().int().nonnegative(),
);

/** A truth value, also where it is written as a text, as in XML. */
export const flag = z.preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean());

/** A text that may be missing, null or empty; all three are undefined. */
export const optionalText = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === undefined || value === null || value === '' ? undefined : String(value)));

/** An empty text is what an empty element of XML becomes. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
