// `npm run mutation`: plants every small mistake that Stryker can think of in lib/batch and lib/clouds, one at a time, and
// tells which of them no test notices (docs/mutation.md). What follows goes to Stryker: `-- --mutate lib/batch/drop.ts`.
import { join } from 'node:path';
import { installPackages, requireNode, root, run } from './set-up.mjs';

const tool = join(root, 'test/mutation');

requireNode('mutation testing needs');
await installPackages();
await installPackages({ cwd: tool, what: 'Stryker, into test/mutation' });
await run(process.execPath, [
  join(tool, 'node_modules/@stryker-mutator/core/bin/stryker.js'),
  'run',
  join(tool, 'stryker.config.mjs'),
  ...process.argv.slice(2),
]);
