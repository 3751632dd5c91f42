import type { ListedName } from './listed-name';

/** A name a line. Blank lines count for nothing, nor does what stands behind a `#` that begins a line or a word. */
export function textNames(text: string): ListedName[] {
  const lines = text
    .split(/\r\n|\r|\n/)
    .map((each, i) => ({ name: each.replace(/(^|\s)#.*$/, '').trim(), line: i + 1 }));
  return lines.filter(({ name }) => name !== '');
}
