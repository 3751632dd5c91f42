// `npm test`: the packages, if a fresh clone has none yet, then the build, then every test that needs no AWS.
import { installPackages, requireNode, run } from './set-up.mjs';

requireNode('the tests need');
await installPackages();
await run(process.execPath, ['scripts/build.mjs']);
await run(process.execPath, [
  'node_modules/jest/bin/jest.js',
  '--selectProjects',
  'unit',
  '--maxWorkers=100%',
  ...forJest(),
]);

/** `npm test -- test/batch` means paths, which jest would take for further projects. */
function forJest() {
  const rest = process.argv.slice(2);
  const paths = rest.filter((argument) => !argument.startsWith('-'));
  const options = rest.filter((argument) => argument.startsWith('-'));
  return [...options, ...(paths.length > 0 ? ['--testPathPatterns', ...paths] : [])];
}
