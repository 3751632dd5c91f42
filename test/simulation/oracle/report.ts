/** Something that must never be. */
export interface Violation {
  /** The number in ARCHITECTURE.md, "What must always hold". */
  invariant: string;
  text: string;
}

/** Takes violations; the first one ends the life. */
export class Report {
  readonly violations: Violation[] = [];

  violated(invariant: string, text: string): void {
    this.violations.push({ invariant, text });
  }
}
