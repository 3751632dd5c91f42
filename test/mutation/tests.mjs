import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { join, relative } from 'node:path';

/**
 * The tests of some files, loaded once into this process and run there one by one, as often as wanted. That is what makes
 * thousands of mutants possible: jest would load every module again for each of them. A test finds jest's own `expect`,
 * `each` and mocks, `beforeEach` and `afterEach`; there is no `beforeAll`, so that any test can be run alone.
 */
export class Tests {
  #root;
  #require;
  #suite;
  #file;
  /** By id. */
  #tests = new Map();

  constructor(root) {
    this.#root = root;
    this.#require = createRequire(join(root, 'package.json'));
    this.#require('tsx/cjs');
    this.#provideGlobals();
  }

  get all() {
    return [...this.#tests.values()];
  }

  get(id) {
    return this.#tests.get(id);
  }

  /** Loads these files, and anew whatever of the project was loaded before. */
  load(files) {
    this.#forget();
    this.#tests.clear();
    for (const file of files) {
      this.#file = file;
      this.#suite = { title: '', before: [], after: [] };
      this.#require(file);
    }
  }

  #forget() {
    const { cache } = this.#require;
    for (const name of Object.keys(cache)) {
      if (name.startsWith(this.#root) && !name.includes('/node_modules/')) delete cache[name];
    }
  }

  #provideGlobals() {
    const { bind } = this.#require('jest-each');
    const { ModuleMocker } = this.#require('jest-mock');
    const mocks = new ModuleMocker(globalThis);
    const { expect } = this.#require('expect');
    const describe = (title, body) => {
      const outer = this.#suite;
      this.#suite = { title, outer, before: [], after: [] };
      body();
      this.#suite = outer;
    };
    const test = (title, body) => this.#add(title, body);
    describe.each = bind(describe, false);
    test.each = bind(test, false);
    Object.assign(globalThis, {
      describe,
      test,
      it: test,
      expect,
      beforeEach: (hook) => void this.#suite.before.push(hook),
      afterEach: (hook) => void this.#suite.after.unshift(hook),
      jest: {
        fn: mocks.fn.bind(mocks),
        spyOn: mocks.spyOn.bind(mocks),
        restoreAllMocks: () => mocks.restoreAllMocks(),
        requireActual: this.#require,
        // How long a test may take is known from what it took without a mutant.
        setTimeout: () => undefined,
      },
    });
  }

  #add(title, body) {
    const suites = pathTo(this.#suite);
    const file = relative(this.#root, this.#file);
    const name = [file, ...suites.map((suite) => suite.title), title].filter(Boolean).join(' › ');
    let id = name;
    for (let i = 2; this.#tests.has(id); i++) id = `${name} (${i})`;
    this.#tests.set(id, { id, file, onAnyCloud: id.replace(CLOUD, '› '), suites, body });
  }
}

/** How the title of a test begins that is run over the table of clouds. */
const CLOUD = /› \w+ Cloud[^:›]*: /;

/** From the file to the innermost suite. */
const pathTo = (suite) => (suite ? [...pathTo(suite.outer), suite] : []);

/**
 * Runs one test. `hung`: it has used up its time on the processor, or waits for something that never comes.
 * @returns {Promise<{ error?: unknown, hung?: boolean, cpuMs: number }>}
 */
export async function runTest(test, cpuLimitMs) {
  const before = process.cpuUsage();
  const watch = watchFor(before, cpuLimitMs);
  const stray = strayErrors();
  const outcome = await Promise.race([outcomeOf(test), stray.first, watch.hung]);
  stray.stop();
  watch.stop();
  return { ...outcome, cpuMs: cpuMsSince(before) };
}

async function outcomeOf({ suites, body }) {
  try {
    try {
      for (const { before } of suites) for (const hook of before) await hook();
      await body();
    } finally {
      for (const { after } of [...suites].reverse()) for (const hook of after) await hook();
    }
    return {};
  } catch (error) {
    return { error: error ?? new Error('something empty was thrown') };
  }
}

const LOOK_MS = 150;
/** So many looks without work mean that nothing will ever happen: a test on a virtual clock never waits. */
const IDLE_LOOKS = 5;
const IDLE_CPU_MS = 5;

/** Time on the processor, not on the wall: the machine may be busy with other things. */
function watchFor(before, cpuLimitMs) {
  let timer;
  let idle = 0;
  let last = 0;
  const hung = new Promise((resolve) => {
    timer = setInterval(() => {
      const now = cpuMsSince(before);
      idle = now - last < IDLE_CPU_MS ? idle + 1 : 0;
      last = now;
      if (now > cpuLimitMs || idle >= IDLE_LOOKS) resolve({ hung: true });
    }, LOOK_MS);
  });
  return { hung, stop: () => clearInterval(timer) };
}

function cpuMsSince(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** What is thrown where nobody waits for it. */
function strayErrors() {
  let listener;
  const first = new Promise((resolve) => {
    listener = (error) => resolve({ error });
    process.on('uncaughtException', listener);
  });
  return { first, stop: () => process.off('uncaughtException', listener) };
}
