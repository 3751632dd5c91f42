// `npm run test:e2e`: the packages and the build, then the suites that drive the real command-line tools.
import { createRequire } from 'node:module';
import { installPackages, requireNode, run } from './set-up.mjs';

requireNode('the end-to-end tests need');
await installPackages();
await run(process.execPath, ['scripts/build.mjs']);

// The first time it takes minutes: meanwhile the suites run that do without.
const pulumi = installPulumi();
await suites('e2e');
const failure = await pulumi;
if (failure === undefined) await suites('pulumi');
else giveUp(failure);

/** One after the other: each suite has an AWS or a CLI of its own, and CloudFormation's time-outs are real time. */
async function suites(project) {
  await run(process.execPath, ['node_modules/jest/bin/jest.js', '--selectProjects', project, '--runInBand']);
}

/** Returns what went wrong, if something did. */
async function installPulumi() {
  const require = createRequire(import.meta.url);
  require('tsx/cjs/api').register();
  const local = require('../local-pulumi');
  return local.installPulumi({ say: (line) => console.log(`▸ ${line}`), inBackground: true }).then(
    () => undefined,
    (thrown) => thrown,
  );
}

/** On a machine that lacks something, the Pulumi half is skipped, and nobody overlooks it; in CI everything must run. */
function giveUp(failure) {
  const isSkipped = failure.code === 'MissingPrerequisite' && !process.env.CI;
  const bar = '!'.repeat(100);
  console.error(`\n${bar}\nThe Pulumi half of the end-to-end tests did not run: ${failure.message}\n${bar}`);
  process.exit(isSkipped ? 0 : 1);
}
