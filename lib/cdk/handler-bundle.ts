import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * The folder of the handler's bundle, which is built with the package and never on the user's machine. It is found both
 * from the compiled file (`dist/lib/cdk`) and from the source (`lib/cdk`), where tests and `tsx` run.
 *
 * @throws Error if there is no bundle.
 */
export function handlerBundle(from = __dirname): string {
  const folders = [resolve(from, '../../handler'), resolve(from, '../../dist/handler')];
  // Beside the source lies a folder of the same name with TypeScript in it: only a bundle has an index.js.
  const built = folders.find((folder) => existsSync(join(folder, 'index.js')));
  if (built === undefined) {
    throw new Error(`the handler's bundle is not in ${folders.join(' or ')}: run "npm run build" [HandlerNotBuilt]`);
  }
  return built;
}
