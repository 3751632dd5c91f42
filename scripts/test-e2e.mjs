// `npm run test:e2e`: the packages and the build, then the suites that drive the real command-line tools.
import { installPackages, requireNode, run } from './set-up.mjs';

requireNode('the end-to-end tests need');
await installPackages();
await run(process.execPath, ['scripts/build.mjs']);
// One after the other: each suite has an AWS of its own, and CloudFormation's time-outs are real time.
await run(process.execPath, ['node_modules/jest/bin/jest.js', '--selectProjects', 'e2e', '--runInBand']);
