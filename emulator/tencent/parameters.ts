import type { TencentAssumptions } from './assumptions';
import { invalidValue, Refusal } from './errors';

/** JSON, as it came. */
type Value = string | number | boolean | null | Value[] | { [name: string]: Value };
export type Values = Readonly<Record<string, Value>>;

/** What no journal may repeat: keys that callers bring along. */
const secretNames = new Set(['DefinedPsk', 'Skey', 'LoraAppKey']);

/** An operation's own parameters: a JSON body, or a flat list of names (`DeviceNames.0`) from a query or a form. */
export class Parameters {
  private constructor(
    private readonly values: Values,
    /** In a query everything is text; in JSON a number must be one. */
    private readonly typed: boolean,
    private readonly assumptions: Pick<TencentAssumptions, 'missingParameter'>,
  ) {}

  static ofJson(body: Values, assumptions: Pick<TencentAssumptions, 'missingParameter'>): Parameters {
    return new Parameters(body, true, assumptions);
  }

  static ofPairs(
    pairs: Iterable<readonly [string, string]>,
    assumptions: Pick<TencentAssumptions, 'missingParameter'>,
  ): Parameters {
    return new Parameters(nested(pairs), false, assumptions);
  }

  names(): string[] {
    return Object.keys(this.values);
  }

  has(name: string): boolean {
    return this.given(name) !== undefined;
  }

  /** Undefined where absent or null. */
  text(name: string): string | undefined {
    const value = this.given(name);
    if (value !== undefined && typeof value !== 'string') throw this.wrongType(name);
    return value;
  }

  requiredText(name: string): string {
    return this.text(name) || this.missing(name);
  }

  integer(name: string): number | undefined {
    const value = this.given(name);
    if (value === undefined) return undefined;
    const number = this.typed || typeof value !== 'string' || value === '' ? value : Number(value);
    if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw this.wrongType(name);
    return number;
  }

  requiredInteger(name: string): number {
    return this.integer(name) ?? this.missing(name);
  }

  /** A list of texts; `Name.0`, `Name.1` … where it is flat. */
  texts(name: string): string[] {
    const value = this.given(name) ?? [];
    const items = Array.isArray(value) ? value : this.typed ? undefined : listed(value);
    if (!items?.every((item) => typeof item === 'string')) throw this.wrongType(name);
    return items;
  }

  object(name: string): Parameters | undefined {
    const value = this.given(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || Array.isArray(value) || value === null) throw this.wrongType(name);
    return new Parameters(value, this.typed, this.assumptions);
  }

  /** For the journal: of lists, how many elements they have; of objects, nothing. No secrets. */
  summary(): Record<string, string | number> {
    const summary: Record<string, string | number> = {};
    for (const [name, value] of Object.entries(this.values)) {
      if (secretNames.has(name)) continue;
      if (typeof value === 'string' || typeof value === 'number') summary[name] = value;
      else if (typeof value === 'object' && value !== null) summary[name] = Object.keys(value).length;
    }
    return summary;
  }

  private given(name: string): Value | undefined {
    return Object.hasOwn(this.values, name) ? (this.values[name] ?? undefined) : undefined;
  }

  private missing(name: string): never {
    throw new Refusal(this.assumptions.missingParameter, `The request is missing a required parameter: ${name}.`);
  }

  private wrongType(name: string): Refusal {
    return new Refusal('InvalidParameter', `The value type of parameter ${name} is not valid.`);
  }
}

/** A number within bounds. */
export function within(name: string, value: number, least: number, most: number): number {
  if (value < least || value > most) throw invalidValue(`${name} must be ${least} to ${most}.`);
  return value;
}

function nested(pairs: Iterable<readonly [string, string]>): Values {
  const root = Object.create(null) as Record<string, Value>;
  for (const [name, value] of pairs) {
    const path = name.split('.');
    const last = path.pop() ?? '';
    path.reduce(objectAt, root)[last] = value;
  }
  return root;
}

function objectAt(place: Record<string, Value>, part: string): Record<string, Value> {
  const inner = place[part];
  if (typeof inner === 'object' && inner !== null) return inner as Record<string, Value>;
  const made = Object.create(null) as Record<string, Value>;
  place[part] = made;
  return made;
}

/** Indices begin at 0; gaps are skipped. */
function listed(value: Value): Value[] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  if (!entries.every(([index]) => /^\d+$/.test(index))) return undefined;
  return entries.sort(([one], [other]) => Number(one) - Number(other)).map(([, item]) => item);
}
