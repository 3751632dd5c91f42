import { InvalidArgumentError } from 'commander';
import { statSync } from 'node:fs';
import { BatchError } from '../lib/batch';
import type { Store } from '../lib/batch/ports/store';
import { FileStore } from '../lib/stores/file-store';
import { PrefixedStore } from '../lib/stores/prefixed-store';
import { addressBelow, isS3Address, parseS3Address, type S3Address } from '../lib/stores/s3-address';
import { connectS3 } from '../lib/stores/s3-connection';
import { journalsBelow, type FoundJournal } from './journals-in-s3';

/** The argument of commands that look at a store. */
export const STORE_ARGUMENT =
  "the stack's store: the bucket of a batch's ManifestUri, also as s3://bucket/…; or, with Pulumi, its journal: a folder, or s3://bucket/…";

/** What their help ends with. */
export const AWS_HELP =
  'Region and credentials for AWS are those of the AWS SDK: AWS_REGION, AWS_PROFILE and so on; an address may have ?region=… of its own.';

/** Where a stack's batches are recorded. */
export type Place = { address: string; bucket: string } | { folder: string };

/** A store, and what to call it. */
export interface OpenedStore {
  store: Store;
  name: string;
  /** Whether it is the journal of a Pulumi stack, which names no secrets with keys. */
  isJournal: boolean;
}

/** The store in what a user calls it: a folder, the name of a bucket, or any address within one. */
export function placeIn(text: string): Place {
  if (isS3Address(text)) return addressIn(text);
  // No bucket's name has a slash, or begins with a dot (docs.aws.amazon.com/AmazonS3, "General purpose bucket naming rules").
  if (/^[./~]|[/\\]/.test(text) || isFolder(text)) {
    if (isFolder(text)) return { folder: text };
    throw new InvalidArgumentError('there is no such folder');
  }
  return addressIn(`s3://${text}`);
}

/** What to call it, before it is known what is there. */
export function nameOf(place: Place): string {
  return 'folder' in place ? place.folder : place.bucket;
}

/** Lets `use` work with the store, and ends all connections to it. @throws BatchError `InvalidOptions`, `SeveralJournals` */
export async function withStore<T>(place: Place, use: (opened: OpenedStore) => Promise<T>): Promise<T> {
  if ('folder' in place) return use({ store: new FileStore(place.folder), name: place.folder, isJournal: true });
  const address = parsed(place.address);
  const { store, close } = connectS3(address);
  try {
    const journal = onlyOne(await journalsBelow(store, address.path), place.address);
    // Within the bucket of a stack of CloudFormation, any address stands for all of it.
    if (!journal) return await use({ store, name: address.bucket, isJournal: false });
    const name = quoted(addressBelow(place.address, journal.folder));
    return await use({ store: new PrefixedStore(store, journal.prefix), name, isJournal: true });
  } finally {
    close();
  }
}

/** It is looked into later: what is wrong with an argument is told with the argument, and somebody may have put keys into it. */
function addressIn(address: string): Place {
  const bucket = address.replace(/^s3:\/\/(.*@)?/i, '').split(/[/?]/)[0];
  if (!bucket) throw new InvalidArgumentError('name a bucket, such as s3://bucket/…, or a folder');
  return { address, bucket };
}

function parsed(address: string): S3Address {
  try {
    return parseS3Address(address);
  } catch (error) {
    throw new BatchError('InvalidOptions', `the address ${(error as Error).message}`);
  }
}

function onlyOne(journals: readonly FoundJournal[], text: string): FoundJournal | undefined {
  if (journals.length <= 1) return journals[0];
  const names = journals.map(({ folder }) => quoted(addressBelow(text, folder)));
  throw new BatchError(
    'SeveralJournals',
    `several stacks have their journals there, name one of them: ${names.join(' ')}`,
  );
}

/** As a shell takes it. */
function quoted(address: string): string {
  return /[?&]/.test(address) ? `'${address}'` : address;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
