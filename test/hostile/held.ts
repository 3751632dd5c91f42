import { readdirSync } from 'node:fs';

/** What this process holds that only a leak would make more. */
export interface Held {
  /** Sockets, timers and the like that would keep it alive, by kind. */
  resources: Record<string, number>;
  /** Open files and sockets; undefined where the system does not tell. */
  files?: number;
  /** Bytes in the heap and in buffers that are left after everything was collected; undefined without `--expose-gc`. */
  bytes?: number;
}

export async function heldNow(): Promise<Held> {
  // What was closed in this turn is gone in one of the next.
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const files = openFiles();
  const { gc } = globalThis;
  gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return {
    resources,
    ...(files !== undefined && { files }),
    ...(gc && { bytes: heapUsed + external }),
  };
}

/** What there is more of, in words; of the heap nothing is said, which code grows as well that has become warm. */
export function more(before: Held, after: Held): string[] {
  const kinds = Object.entries(after.resources).filter(([kind, count]) => count > (before.resources[kind] ?? 0));
  const files = (after.files ?? 0) - (before.files ?? 0);
  return [
    ...kinds.map(([kind, count]) => `${count - (before.resources[kind] ?? 0)} ${kind}`),
    ...(files > 0 ? [`${files} open files`] : []),
  ];
}

function openFiles(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return undefined;
  }
}
