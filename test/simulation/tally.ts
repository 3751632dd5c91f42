/** How often what was met, over any number of lives. */
export class Tally {
  readonly counts: Record<string, Record<string, number>> = {};

  add(group: string, name: string, count = 1): void {
    const of = (this.counts[group] ??= {});
    of[name] = (of[name] ?? 0) + count;
  }

  merge(other: Tally['counts']): void {
    for (const [group, names] of Object.entries(other)) {
      for (const [name, count] of Object.entries(names)) this.add(group, name, count);
    }
  }

  of(group: string, name: string): number {
    return this.counts[group]?.[name] ?? 0;
  }

  /** A paragraph a group, what was met most often first. */
  toString(): string {
    const groups = Object.entries(this.counts).map(([group, names]) => {
      const entries = Object.entries(names).sort(([, one], [, other]) => other - one);
      return `${group}\n${entries.map(([name, count]) => `  ${String(count).padStart(9)}  ${name}`).join('\n')}`;
    });
    return groups.join('\n');
  }
}
