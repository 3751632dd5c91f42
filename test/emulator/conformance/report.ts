/** Counts what each SDK saw of each operation, and shows it as a table. */
export class Report {
  private readonly counts = new Map<string, Map<string, { good: number; bad: number }>>();

  constructor(private readonly columns: readonly string[]) {}

  /** A case that went as expected. */
  add(operation: string, column: string, kind: 'good' | 'bad'): void {
    const row = this.counts.get(operation) ?? new Map<string, { good: number; bad: number }>();
    const cell = row.get(column) ?? { good: 0, bad: 0 };
    cell[kind]++;
    this.counts.set(operation, row.set(column, cell));
  }

  text(): string {
    const rows = [...this.counts].sort(([one], [other]) => (one < other ? -1 : 1));
    const lines = rows.map(([operation, row]) => [
      operation,
      ...this.columns.map((column) => {
        const { good, bad } = row.get(column) ?? { good: 0, bad: 0 };
        return `${good} good, ${bad} bad`;
      }),
    ]);
    const table = [['operation', ...this.columns], ...lines];
    const widths = table[0]?.map((_, at) => Math.max(...table.map((line) => line[at]?.length ?? 0))) ?? [];
    return table
      .map((line) =>
        line
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd(),
      )
      .join('\n');
  }
}
