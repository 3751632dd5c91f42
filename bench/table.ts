/** A titled table with aligned columns; the first row is its head. */
export function table(title: string, rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map((cells) => '  ' + cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('   '));
  return [title, ...lines].join('\n');
}

export function row(...cells: string[]): string[] {
  return cells;
}
