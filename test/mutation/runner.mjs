import { commonTokens, declareClassPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import { determineHitLimitReached, DryRunStatus, MutantRunStatus, TestStatus } from '@stryker-mutator/api/test-runner';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { runTest, Tests } from './tests.mjs';

/** In the sandbox: what is known of the tests without a mutant, for a process that follows one that was killed. */
const USUAL = '.usual.json';

/** Mutants on either side of one that tell which tests know their way around there. */
const NEIGHBOURS = 20;

/** Far more than any test needs without a mutant. */
const DRY_LIMIT_MS = 120_000;

/** A test that reaches a mutant so much more often than any test does without it will never end. */
const endless = (usualHits) => 500 + 10 * usualHits;

/**
 * A runner for Stryker that keeps the tests loaded. A mutant is switched on inside the code, and the tests that reach it
 * run until one fails or the time is used up: first the quick ones that know their way around there.
 */
class InProcessRunner {
  static inject = tokens(commonTokens.options);

  /** What Stryker's instrumented code talks to. */
  #context = (globalThis.__stryker__ ??= {});
  #root = process.cwd();
  #tests = new Tests(this.#root);
  #settings;
  /** What each test took on the processor without a mutant, by its id. */
  #times = {};
  /** How often one test at most reached each mutant's place, by the mutant's id. */
  #hits = {};
  /** Which tests reach each mutant's place, by the mutant's id. */
  #reached = {};
  /** By file that is mutated: how many mutants in it each test has killed, by its id. */
  #kills = new Map();
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
      const started = performance.now();
      const { error, hung, cpuMs } = await runTest(test, DRY_LIMIT_MS);
      this.#context.currentTestId = undefined;
      this.#times[test.id] = cpuMs;
      const failed = error || hung;
      results.push({
        id: test.id,
        name: test.id,
        fileName: join(this.#root, test.file),
        timeSpentMs: Math.ceil(performance.now() - started),
        status: failed ? TestStatus.Failed : TestStatus.Success,
        ...(failed && { failureMessage: hung ? 'it never ends' : textOf(error) }),
      });
    }
    const { mutantCoverage } = this.#context;
    for (const [test, hits] of Object.entries(mutantCoverage?.perTest ?? {})) {
      for (const [id, count] of Object.entries(hits)) {
        this.#hits[id] = Math.max(count, this.#hits[id] ?? 0);
        (this.#reached[id] ??= []).push(test);
      }
    }
    writeFileSync(USUAL, JSON.stringify([this.#times, this.#hits, this.#reached]));
    return { status: DryRunStatus.Complete, tests: results, mutantCoverage };
  }

  async mutantRun({ activeMutant, mutantActivation, testFilter, sandboxFileName }) {
    if (Object.keys(this.#times).length === 0)
      [this.#times, this.#hits, this.#reached] = JSON.parse(readFileSync(USUAL, 'utf8'));
    Object.assign(this.#context, { hitCount: 0, hitLimit: endless(this.#hits[activeMutant.id] ?? 0) });
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
      return await this.#tryToKill(file, this.#inOrder(file, activeMutant.id, testFilter));
    } finally {
      this.#context.activeMutant = undefined;
    }
  }

  async #tryToKill(file, tests) {
    let left = this.#settings.budgetMs;
    let nrOfTests = 0;
    for (const test of tests) {
      const usual = this.#times[test.id] ?? 100;
      if (nrOfTests > 0 && usual > left) continue;
      nrOfTests++;
      this.#context.hitCount = 0;
      const { error, hung, cpuMs } = await runTest(test, 500 + 4 * usual);
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

  /** What most likely kills a mutant for the least time comes first. */
  #inOrder(file, mutant, ids) {
    const tests = ids ? ids.map((id) => this.#tests.get(id)).filter(Boolean) : this.#tests.all;
    const kills = this.#kills.get(file);
    const own = join('test', dirname(relative('lib', file)), `${basename(file, '.ts')}.test.ts`);
    const rarity = this.#rarity(Number(mutant));
    const seen = new Map();
    const cost = new Map();
    for (const test of tests) {
      const again = seen.get(test.onAnyCloud) ?? 0;
      seen.set(test.onAnyCloud, again + 1);
      const promise = 0.1 + (rarity.get(test.id) ?? 0) + (kills?.get(test.id) ?? 0) / 10 + (test.file === own ? 1 : 0);
      // The same on another cloud seldom shows more.
      cost.set(test, ((5 + (this.#times[test.id] ?? 0)) * (1 + 3 * again)) / promise);
    }
    return [...tests].sort((a, b) => cost.get(a) - cost.get(b));
  }

  /** How much a test does that few others do, near a mutant: neighbours in the source have neighbouring numbers. */
  #rarity(mutant) {
    const rarity = new Map();
    for (let id = mutant - NEIGHBOURS; id <= mutant + NEIGHBOURS; id++) {
      const tests = this.#reached[id] ?? [];
      for (const test of tests) rarity.set(test, (rarity.get(test) ?? 0) + 1 / tests.length);
    }
    return rarity;
  }

  #remember(file, id) {
    const kills = this.#kills.get(file) ?? new Map();
    this.#kills.set(file, kills.set(id, (kills.get(id) ?? 0) + 1));
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
