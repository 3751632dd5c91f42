/** The time of a story. */
export function clockFace(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}
