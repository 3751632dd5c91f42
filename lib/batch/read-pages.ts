import { forEachLimited } from './concurrency';
import type { CollectedPage } from './ports/cloud';

/**
 * Every page of a finished job, in order; `limit` side by side where the first says which others there are, because one
 * after the other they take as many round trips.
 */
export async function readPages(
  limit: number,
  read: (cursor: string | undefined) => Promise<CollectedPage>,
): Promise<CollectedPage[]> {
  const first = await read(undefined);
  const pages = [first];
  if (first.others) {
    await forEachLimited(first.others, limit, async (cursor, i) => {
      pages[i + 1] = await read(cursor);
    });
    return pages;
  }
  for (let cursor = first.next; cursor !== undefined; cursor = pages.at(-1)?.next) pages.push(await read(cursor));
  return pages;
}
