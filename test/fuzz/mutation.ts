import * as fc from 'fast-check';

/** What is done to a document that was right. Positions are counted around, so that each fits each document. */
export type Mutation =
  | { kind: 'replace'; at: number; by: unknown }
  | { kind: 'remove'; at: number }
  | { kind: 'repeat'; at: number }
  | { kind: 'cut'; at: number }
  | { kind: 'splice'; at: number; text: string }
  | { kind: 'whole'; text: string };

/** Values that have surprised somebody before. */
export const strange = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e21,
    2 ** 53,
    0.5,
    '',
    '0',
    'null',
    ' ',
    '{}',
    [],
    {},
    [[]],
    '__proto__',
  ),
  fc.constantFrom('\u0000', '\u2028', '\ud800', '𝛑', '<b>', '%00', '..', 'a'.repeat(5_000)),
  fc.jsonValue({ maxDepth: 2 }),
);

const garbage = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'null',
    '[]',
    '{}',
    '"x"',
    '0',
    'NaN',
    '\ufeff{}',
    '{"a":1}{"a":2}',
    `${'['.repeat(50_000)}`,
  ),
  fc.constantFrom('<html><body><h1>502 Bad Gateway</h1></body></html>', '<?xml version="1.0"?>', '<a><b></a>'),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.json(),
);

const at = fc.nat({ max: 100_000 });

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('replace' as const), at, by: strange }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), at }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat' as const), at }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const), at }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('splice' as const),
      at,
      text: fc.string({ unit: 'binary', maxLength: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('whole' as const), text: garbage }) },
);

/** The one in four cases of five, some other in the fifth. */
export function mostly<A, B>(one: A, other: fc.Arbitrary<B>): fc.Arbitrary<A | B> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(one) }, { weight: 1, arbitrary: other });
}

/** A secret of the user's, that no text may show wherever it was put. */
export const CANARY = 'canary4Vd0GqTn7YzLw2RkXb9mHs';

/** Keys that somebody has written where they do not belong. (What stands where a name does is a name, and is told.) */
export const misplacedSecret: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constant('replace' as const),
  at,
  by: fc.constantFrom<unknown>(
    { accessKeyId: 'LTAI5t', accessKeySecret: CANARY },
    { SecretId: 'AKID', SecretKey: CANARY, nested: [{ Token: CANARY }] },
    `https://user:${CANARY}@iot.cn-shanghai.aliyuncs.com`,
    `http://host/?AccessKeySecret=${CANARY}`,
    `s3://key:${CANARY}@bucket/journal`,
  ),
});

/** The text after the mutations. What changes values does so in JSON only, and leaves any other text alone. */
export function mutate(text: string, mutations: readonly Mutation[]): string {
  return mutations.reduce((before, each) => mutateOnce(before, each), text);
}

/** The same for a value that is not text yet. */
export function mutateValue(value: unknown, mutations: readonly Mutation[]): unknown {
  return mutations.reduce((before, each) => changeOfValue(before, each) ?? before, value);
}

function mutateOnce(text: string, change: Mutation): string {
  switch (change.kind) {
    case 'whole':
      return change.text;
    case 'cut':
      return text.slice(0, change.at % (text.length + 1));
    case 'splice': {
      const at = change.at % (text.length + 1);
      return text.slice(0, at) + change.text + text.slice(at + change.text.length);
    }
    case 'replace':
    case 'remove':
    case 'repeat':
      return JSON.stringify(changeOfValue(parsed(text), change)) ?? text;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Place {
  holder: Record<string, unknown>;
  key: string;
}

function changeOfValue(value: unknown, change: Mutation): unknown {
  const copy = structuredClone(value);
  const places = placesIn(copy);
  if (!('at' in change) || places.length === 0) return undefined;
  const { holder, key } = places[change.at % places.length]!;
  if (change.kind === 'replace') holder[key] = change.by;
  else if (change.kind === 'remove') removeFrom(holder, key);
  else if (change.kind === 'repeat' && Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]));
  return copy;
}

function removeFrom(holder: Record<string, unknown>, key: string): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])]);
}
