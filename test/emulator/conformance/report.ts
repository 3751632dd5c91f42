interface Count {
  good: number;
  bad: number;
}

/** Counts what each SDK saw of each operation, and shows it as a table, vendor by vendor. */
export class Report {
  private readonly vendors = new Map<string, Map<string, Map<string, Count>>>();

  /** A case that went as expected. */
  add(vendor: string, operation: string, sdk: string, kind: 'good' | 'bad'): void {
    const rows = entry(this.vendors, vendor, () => new Map<string, Map<string, Count>>());
    const row = entry(rows, operation, () => new Map<string, Count>());
    entry(row, sdk, () => ({ good: 0, bad: 0 }))[kind]++;
  }

  text(): string {
    return [...this.vendors].map(([vendor, rows]) => table(vendor, rows)).join('\n\n');
  }
}

function table(vendor: string, counts: Map<string, Map<string, Count>>): string {
  const rows = [...counts].sort(([one], [other]) => (one < other ? -1 : 1));
  const sdks = [...new Set(rows.flatMap(([, row]) => [...row.keys()]))];
  const lines = rows.map(([operation, row]) => [
    operation,
    ...sdks.map((sdk) => {
      const { good, bad } = row.get(sdk) ?? { good: 0, bad: 0 };
      return `${good} good, ${bad} bad`;
    }),
  ]);
  const cells = [[vendor, ...sdks], ...lines];
  const widths = cells[0]?.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0))) ?? [];
  const padded = (line: string[]) => line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ');
  return cells.map((line) => padded(line).trimEnd()).join('\n');
}

function entry<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
