import { createHash } from 'node:crypto';

/**
 * What stands for a list of names where the names themselves do not fit: they lie in immutable chunks, whose digests say
 * what they hold. Whoever has the names computes it, without a store at hand.
 */
export type NameList = {
  count: number;
  chunks: NameChunk[];
  /** Digest of the names as a set: equal for equal names in any order. */
  set: string;
  /** Where the chunks can be read if the store has none yet, in the words of whoever wrote them. */
  source?: string;
};

/** SHA-256 of the chunk's text, and how many names it holds. */
export type NameChunk = {
  digest: string;
  count: number;
};

/** Names in one chunk; a chunk of the longest names stays below 400 KB. */
const CHUNK = 10_000;

export function nameListOf(names: readonly string[]): NameList {
  const chunks = chunksOf(names).map(({ digest, count }) => ({ digest, count }));
  return { count: names.length, chunks, set: setDigest(names) };
}

/** The chunks of a list in its order, with their texts: JSON arrays of names. */
export function chunksOf(names: readonly string[]): (NameChunk & { text: string })[] {
  const chunks: (NameChunk & { text: string })[] = [];
  for (let from = 0; from < names.length; from += CHUNK) {
    const chunk = names.slice(from, from + CHUNK);
    const text = JSON.stringify(chunk);
    chunks.push({ digest: sha256(text), count: chunk.length, text });
  }
  return chunks;
}

/** A list as a file: the text of a chunk a line. The same names in the same order make the same bytes. */
export function nameFile(names: readonly string[]): string {
  return chunksOf(names)
    .map(({ text }) => `${text}\n`)
    .join('');
}

/** The texts of the chunks in such a file. */
export function linesOfNameFile(file: string): string[] {
  return file.split('\n').filter((line) => line !== '');
}

/** Equal for lists that hold the same names, in whatever order. */
export function setDigest(names: readonly string[]): string {
  return sha256([...names].sort().join('\n'));
}

export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}
