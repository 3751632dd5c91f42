import type { Store } from '../lib/batch/ports/store';

/** The journal of a Pulumi stack in a bucket. */
export interface FoundJournal {
  /** Where it is from the address on that was given; empty where it is just there. */
  folder: string;
  /** What all of its keys begin with. */
  prefix: string;
}

/** The journals below a path: as the option `journal` names it, or with the folders of project and stack that the twin adds. */
export async function journalsBelow(bucket: Store, path: string): Promise<FoundJournal[]> {
  if (WHOLE.test(path)) return [{ folder: '', prefix: `${path}/` }];
  const start = path === '' ? FOLDER : `${path}/${FOLDER}`;
  const keys = await bucket.list(start);
  const folders = new Set(keys.flatMap((key) => STACK.exec(key.slice(start.length))?.[1] ?? []));
  return [...folders].map((folder) => ({ folder: FOLDER + folder, prefix: `${start}${folder}/` }));
}

/** As the twin writes it (lib/pulumi/journal.ts). */
const FOLDER = '.iot-device-batch/';

const WHOLE = /(^|\/)\.iot-device-batch\/[^/]+\/[^/]+$/;

const STACK = /^([^/]+\/[^/]+)\/heads\//;
