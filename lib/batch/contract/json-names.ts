import { FileMistake } from './file-mistake';
import { usualColumns, type ListedName } from './listed-name';

/** An array of names, or of objects with a member that has one. @throws FileMistake with the line of the element */
export function jsonNames(text: string, column: string | undefined): ListedName[] {
  return elementsOf(text).map(({ value, line }) => ({ name: nameIn(value, column, line), line }));
}

function nameIn(value: unknown, column: string | undefined, line: number): string {
  if (typeof value === 'string') return value;
  const wanted: readonly string[] = column === undefined ? usualColumns : [column];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FileMistake('this is neither a name nor an object with one', line);
  }
  const members = value as Record<string, unknown>;
  const found = wanted.filter((member) => Object.hasOwn(members, member));
  if (found.length !== 1) {
    const what = found.length > 1 ? 'more than one member' : 'no member';
    throw new FileMistake(`the object has ${what} ${wanted.join(' or ')}: say which has the name (column)`, line);
  }
  const name = members[found[0] as string];
  if (typeof name === 'string') return name;
  throw new FileMistake(`${found[0]} is no text`, line);
}

/**
 * The elements of an array with their lines, which `JSON.parse` does not tell: cut at the commas that are in no text and no
 * inner array or object, and parsed one by one.
 */
function elementsOf(text: string): { value: unknown; line: number }[] {
  const elements: { value: unknown; line: number }[] = [];
  const opening = /^\s*\[/.exec(text);
  if (!opening) throw new FileMistake('is not a JSON array: list the names, or objects with them, in [ ]');
  let line = 1 + lineFeeds(opening[0]);
  let depth = 0;
  let from = opening[0].length;
  // A text that never ends is left as it is, for the parser to refuse.
  const marks = /"(?:[^"\\\n]|\\.)*"?|[[\]{},\n]/g;
  marks.lastIndex = from;
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    const [sign] = mark;
    const closes = sign === ']' && depth === 0;
    if (closes || (sign === ',' && depth === 0)) {
      const element = text.slice(from, mark.index);
      const last = closes && elements.length === 0 && element.trim() === '';
      if (!last) elements.push(parsed(element, line));
      line += lineFeeds(element);
      from = marks.lastIndex;
      if (closes) {
        if (text.slice(from).trim() !== '') throw new FileMistake('something follows the array', line);
        return elements;
      }
    } else if (sign === '[' || sign === '{') depth++;
    else if (sign === ']' || sign === '}') depth--;
  }
  throw new FileMistake('the array is never closed', line);
}

/** `line`: where the text begins, blank lines in front of the element included. */
function parsed(text: string, line: number): { value: unknown; line: number } {
  const at = line + lineFeeds(/^\s*/.exec(text)?.[0] ?? '');
  try {
    return { value: JSON.parse(text) as unknown, line: at };
  } catch {
    // Not shown: objects may hold secrets beside the name.
    throw new FileMistake(text.trim() === '' ? 'a comma has no element beside it' : 'this is not JSON', at);
  }
}

function lineFeeds(text: string): number {
  return text.split('\n').length - 1;
}
