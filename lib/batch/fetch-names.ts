import * as z from 'zod';
import { linesOfNameFile } from './contract/name-list';
import { BatchError } from './errors';
import { otherGenerations } from './listings';
import type { Operation } from './operation';
import type { Generation } from './record/head';
import { hasNames, saveChunk, setDigest, sha256, type NameList } from './record/names';

/**
 * Copies names that lie in a file into the store, unless it has them. From then on nothing needs the file any more, neither
 * a roll-back nor a Delete. `since`: when what asks for them was accepted.
 *
 * @throws BatchError `NamesFileCorrupt` if the file holds other names than the order said, and what the port throws.
 */
export async function fetchNames(operation: Operation, list: NameList, since: number): Promise<void> {
  await copyOnce(operation, list, (source) =>
    operation.patiently('reading the file of names', () => read(operation, source, since)),
  );
}

/**
 * Before devices are deleted: names that a change in the making has in a file count as listed, so they are to be known. Where
 * they cannot be had at once nobody waits for them here: until they are read, that change counts as listing every name.
 */
export async function fetchNamesOfOthers(operation: Operation, dropped: Generation): Promise<void> {
  const { store, clock, observer } = operation;
  for (const { generation } of await otherGenerations(store, clock, dropped.cloudKey, dropped.id)) {
    if (generation.phase !== 'rising' || generation.planned) continue;
    const { id, names, bornAt } = generation;
    await copyOnce(operation, names, (source) => read(operation, source, bornAt)).catch((error: unknown) => {
      if (!(error instanceof BatchError)) throw error;
      observer.log('warn', `the names of ${id} are not known yet: ${error.message}`);
    });
  }
}

async function copyOnce(
  { store }: Operation,
  list: NameList,
  read: (source: string) => Promise<Uint8Array>,
): Promise<void> {
  if (list.source === undefined || (await hasNames(store, list))) return;
  const file = await read(list.source);
  for (const [digest, text] of verified(Buffer.from(file).toString('utf8'), list)) await saveChunk(store, digest, text);
}

async function read({ ports: { readNames } }: Operation, source: string, since: number): Promise<Uint8Array> {
  if (readNames) return readNames(source, since);
  throw new BatchError('NamesFileUnreadable', `nothing here can read the names in ${source}`);
}

/** The texts of the list's chunks by their digests, each proven to be what was ordered. */
function verified(file: string, { source, count, chunks, set }: NameList): Map<string, string> {
  const texts = new Map(linesOfNameFile(file).map((text) => [sha256(text), text]));
  const names: string[] = [];
  for (const { digest, count } of chunks) {
    const chunk = namesIn(texts.get(digest));
    if (chunk?.length !== count) throw corrupt(source);
    for (const name of chunk) names.push(name);
  }
  if (names.length !== count || setDigest(names) !== set) throw corrupt(source);
  return new Map(chunks.map(({ digest }) => [digest, texts.get(digest) as string]));
}

function namesIn(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  try {
    return z.array(z.string()).safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function corrupt(source: string | undefined): BatchError {
  return new BatchError(
    'NamesFileCorrupt',
    `the file ${source} does not hold the names that were checked when the app was synthesised; nothing was changed. ` +
      'Delete it there and deploy again, which uploads it anew',
  );
}
