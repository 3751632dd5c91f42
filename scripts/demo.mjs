// `npm run demo`: what a fresh clone lacks, then scripts/demo/main.ts.
import { createRequire } from 'node:module';
import { installPackages, requireNode } from './set-up.mjs';

requireNode('the demo needs');
await installPackages();

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'; // nothing that a demo should begin with
const require = createRequire(import.meta.url);
require('tsx/cjs/api').register();
require('./demo/main.ts');
