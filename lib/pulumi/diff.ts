import type { Inputs } from './inputs';
import { isAnotherProduct, isUnsettledIn } from './operations';
import type { Outputs } from './state';
import type { Surroundings } from './surroundings';
import { hasUnknown } from './unknown';

export interface Difference {
  /** Undefined: Pulumi compares the inputs itself, and shows what is different. */
  changes?: boolean;
  replaces?: string[];
}

/** What an `up` would change. `olds` are outputs, which hold the inputs that they were made of. */
export async function diffBatch(surroundings: Surroundings, olds: Outputs, news: Inputs): Promise<Difference> {
  if (!hasUnknown(news.cloud) && isAnotherProduct(olds, news)) return { changes: true, replaces: ['cloud'] };
  if ((olds.drift ?? []).length > 0 || (await isUnsettledIn(surroundings, olds, news))) return { changes: true };
  return isSame(olds, news) ? { changes: false } : {};
}

/** What is the user's to say. Where it comes from, and who reads it, is none of it. */
const members = [
  'cloud',
  'devices',
  'onExisting',
  'deleteActivated',
  'onPartialFailure',
  'removalPolicy',
  'timeout',
  'customTimeouts',
  'deviceCredentials',
  'journal',
] as const satisfies readonly (keyof Inputs)[];

function isSame(olds: Inputs, news: Inputs): boolean {
  return members.every((member) => canonical(olds[member]) === canonical(news[member]));
}

/** Members of objects have no order: Pulumi sorts them. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
