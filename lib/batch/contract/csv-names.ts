import { FileMistake } from './file-mistake';
import { usualColumns, type ListedName } from './listed-name';

/** The column of a table (RFC 4180: commas, cells that may be quoted) with a header. @throws FileMistake */
export function csvNames(text: string, column: string | undefined): ListedName[] {
  const [header, ...rows] = recordsOf(text).filter((cells) => cells.some((cell) => cell.text !== ''));
  if (!header) return [];
  const index = indexOf(header, column);
  return rows.map((cells) => {
    const cell = cells[index];
    const line = cell?.line ?? cells[0]?.line ?? 0;
    if (!cell?.text) throw new FileMistake(`the row has no ${header[index]?.text}`, line);
    return { name: cell.text, line };
  });
}

interface Cell {
  text: string;
  line: number;
}

function indexOf(header: readonly Cell[], column: string | undefined): number {
  const wanted: readonly string[] = column === undefined ? usualColumns : [column];
  const found = header.flatMap(({ text }, i) => (wanted.includes(text) ? [i] : []));
  if (found.length === 1) return found[0] as number;
  const what = found.length > 1 ? 'more than one column' : 'no column';
  // What stands there is not shown: where the header is missing, it may be a secret.
  throw new FileMistake(
    `the header has ${what} named ${wanted.join(' or ')}: separate columns with commas, and say which one has the names (column)`,
    header[0]?.line,
  );
}

/** Blank around a cell is none of it, unless it is quoted. */
function recordsOf(text: string): Cell[][] {
  const records: Cell[][] = [];
  let line = 1;
  for (let at = 0; at < text.length;) {
    const record: Cell[] = [];
    for (let ended = false; !ended;) {
      const cell = cellAt(text, at, line);
      record.push({ text: cell.text, line });
      line += lineEnds(text.slice(at, cell.end));
      const [separator = ''] = /^(?:,|\r\n|\r|\n)?/.exec(text.slice(cell.end, cell.end + 2)) ?? [];
      if (separator === '' && cell.end < text.length) {
        throw new FileMistake('text follows a quoted cell: double the quotes within it', line);
      }
      at = cell.end + separator.length;
      ended = separator !== ',';
    }
    records.push(record);
    line++;
  }
  return records;
}

function cellAt(text: string, at: number, line: number): { text: string; end: number } {
  const quoted = match(/[ \t]*"([^"]*(?:""[^"]*)*)"[ \t]*/y, text, at);
  if (quoted) return { text: (quoted[1] as string).replaceAll('""', '"'), end: at + quoted[0].length };
  const [plain = ''] = match(/[^,\r\n]*/y, text, at) ?? [];
  if (plain.trimStart().startsWith('"')) throw new FileMistake('a quoted cell begins here that never ends', line);
  return { text: plain.trim(), end: at + plain.length };
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function lineEnds(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}
