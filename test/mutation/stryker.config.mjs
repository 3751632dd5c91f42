import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'in-process',
  plugins: [here('runner.mjs')],
  inProcess: {
    tests: ['test/batch', 'test/clouds', 'test/handler'],
    // Minutes a mutant, and what loads modules anew.
    without: ['test/batch/crash-points/', 'test/handler/matrix/', 'test/handler/entry.test.ts'],
    // On the processor: after so much of tests that pass, a mutant counts as survived.
    budgetMs: 1_000,
  },
  mutate: ['lib/batch/**/*.ts', 'lib/clouds/**/*.ts'],
  // Most are words of messages. The rest is what travels: the vendors' names for things, which the emulator checks.
  mutator: { excludedMutations: ['StringLiteral'] },
  coverageAnalysis: 'perTest',
  // What is done while a module is loaded: it would have to be loaded again for each, half a second a time.
  ignoreStatic: true,
  checkers: [],
  concurrency: 1,
  // Only for a mutant that never lets go of the process: the runner ends all others itself.
  timeoutMS: 20_000,
  timeoutFactor: 0.1,
  dryRunTimeoutMinutes: 30,
  tempDirName: '.local/mutation/sandbox',
  ignorePatterns: ['dist', 'docs', 'bench', 'local-aws', 'local-pulumi', 'test/mutation', 'test/e2e'],
  incrementalFile: '.local/mutation/incremental.json',
  reporters: ['clear-text', 'json'],
  jsonReporter: { fileName: '.local/mutation/report.json' },
  clearTextReporter: { allowColor: false, reportTests: false, reportMutants: true },
  allowConsoleColors: false,
  disableTypeChecks: 'lib/**/*.ts',
};
