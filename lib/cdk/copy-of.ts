/** A list that its owner may go on changing. What is none is refused where the options are read, and must not become one here. */
export function copyOf(list: string[]): string[] {
  return Array.isArray(list) ? [...list] : list;
}
