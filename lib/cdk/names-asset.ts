import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileSystem } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { nameFile, nameListOf } from '../batch/contract/name-list';
import type { NamesFile } from '../batch/contract/device-names';

/** Names as an asset: what travels in their place, and what has to be granted. */
export interface NamesAsset {
  readonly file: NamesFile;
  readonly asset: Asset;
}

/** The same names in the same order are the same asset, wherever they come from. */
export function namesAsset(scope: Construct, id: string, names: readonly string[]): NamesAsset {
  const folder = FileSystem.mkdtemp('iot-device-names-');
  const path = join(folder, 'names.ndjson');
  writeFileSync(path, nameFile(names));
  // The handler copies it while it registers the devices, and never looks at it again.
  const asset = new Asset(scope, id, { path, deployTime: true });
  // It is read where it is if the app does not stage its assets.
  if (asset.assetPath !== path) rmSync(folder, { recursive: true });
  return { asset, file: { source: asset.s3ObjectUrl, names: nameListOf(names) } };
}
