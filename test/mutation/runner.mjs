import { commonTokens, declareClassPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import { determineHitLimitReached, DryRunStatus, MutantRunStatus, TestStatus } from '@stryker-mutator/api/test-runner';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { runTest, Tests } from './tests.mjs';

/** In the sandbox: what each test took on the processor without a mutant, for a process that follows one that was killed. */
const TIMES = '.times-of-tests.json';

/** Far more than any test needs without a mutant. */
const DRY_LIMIT_MS = 120_000;

/**
 * A runner for Stryker that keeps the tests loaded. A mutant is switched on inside the code, and the tests that reach it
 * run until one fails: first those that killed its neighbours, then the quickest.
 */
class InProcessRunner {
  static inject = tokens(commonTokens.options);

  /** What Stryker's instrumented code talks to. */
  #context = (globalThis.__stryker__ ??= {});
  #root = process.cwd();
  #tests = new Tests(this.#root);
  #settings;
  #times = {};
  /** By file that is mutated: the ids of tests that killed a mutant in it, the latest first. */
  #killers = new Map();
  #isPristine = false;

  constructor(options) {
    this.#settings = options.inProcess;
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async dryRun() {
    this.#load();
    const results = [];
    for (const test of this.#tests.all) {
      this.#context.currentTestId = test.id;
      const { error, hung, cpuMs } = await runTest(test, DRY_LIMIT_MS);
      this.#context.currentTestId = undefined;
      this.#times[test.id] = cpuMs;
      const failed = error || hung;
      results.push({
        id: test.id,
        name: test.id,
        fileName: join(this.#root, test.file),
        timeSpentMs: Math.ceil(cpuMs),
        status: failed ? TestStatus.Failed : TestStatus.Success,
        ...(failed && { failureMessage: hung ? 'it never ends' : textOf(error) }),
      });
    }
    writeFileSync(TIMES, JSON.stringify(this.#times));
    return { status: DryRunStatus.Complete, tests: results, mutantCoverage: this.#context.mutantCoverage };
  }

  async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit, sandboxFileName }) {
    if (existsSync(TIMES)) this.#times = JSON.parse(readFileSync(TIMES, 'utf8'));
    Object.assign(this.#context, { hitCount: hitLimit === undefined ? undefined : 0, hitLimit });
    try {
      if (mutantActivation === 'static') {
        this.#context.activeMutant = activeMutant.id;
        this.#load();
        this.#isPristine = false;
      } else if (!this.#isPristine) this.#load();
    } catch (error) {
      this.#isPristine = false;
      return { status: MutantRunStatus.Killed, killedBy: ['loading'], failureMessage: textOf(error), nrOfTests: 0 };
    } finally {
      this.#context.activeMutant = activeMutant.id;
    }
    try {
      const file = relative(this.#root, sandboxFileName);
      return await this.#tryToKill(file, this.#inOrder(file, testFilter));
    } finally {
      this.#context.activeMutant = undefined;
    }
  }

  async #tryToKill(file, tests) {
    let left = this.#settings.budgetMs;
    let nrOfTests = 0;
    for (const test of tests) {
      const usual = this.#times[test.id] ?? 100;
      if (nrOfTests > 0 && usual > left) break;
      nrOfTests++;
      const { error, hung, cpuMs } = await runTest(test, 1_000 + 5 * usual);
      left -= cpuMs;
      const limit = determineHitLimitReached(this.#context.hitCount, this.#context.hitLimit);
      if (error || hung || limit) this.#remember(file, test.id);
      if (limit || hung) return { status: MutantRunStatus.Timeout, reason: limit?.reason ?? `hung: ${test.id}` };
      if (error) {
        const failureMessage = textOf(error);
        return { status: MutantRunStatus.Killed, killedBy: [test.id], failureMessage, nrOfTests };
      }
    }
    return { status: MutantRunStatus.Survived, nrOfTests };
  }

  #load() {
    const { tests, without } = this.#settings;
    const files = tests.flatMap((folder) => testFilesIn(join(this.#root, folder)));
    this.#isPristine = true;
    this.#tests.load(files.filter((file) => !without.some((part) => file.includes(part))));
  }

  /** Those that killed neighbours, then those of the file's own test, then the quickest. */
  #inOrder(file, ids) {
    const tests = ids ? ids.map((id) => this.#tests.get(id)).filter(Boolean) : this.#tests.all;
    const killers = this.#killers.get(file) ?? [];
    const own = join('test', dirname(relative('lib', file)), `${basename(file, '.ts')}.test.ts`);
    const rank = ({ id, file: testFile }) => {
      const killed = killers.indexOf(id);
      return killed >= 0 ? killed - killers.length : testFile === own ? 0 : 1;
    };
    return [...tests].sort((a, b) => rank(a) - rank(b) || (this.#times[a.id] ?? 0) - (this.#times[b.id] ?? 0));
  }

  #remember(file, id) {
    const others = (this.#killers.get(file) ?? []).filter((each) => each !== id);
    this.#killers.set(file, [id, ...others].slice(0, 20));
  }
}

const testFilesIn = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(folder, name));

const textOf = (error) => String(error?.stack ?? error).slice(0, 2_000);

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessRunner)];

export const strykerValidationSchema = {
  properties: {
    inProcess: {
      description:
        'Folders of tests, parts of paths that are left out, and milliseconds on the processor for a mutant.',
      type: 'object',
      required: ['tests', 'without', 'budgetMs'],
    },
  },
};
