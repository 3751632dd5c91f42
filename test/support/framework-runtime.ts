import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';
import type { Clock } from '../../lib/batch/ports/clock';

/** The three Lambda functions of the CDK's provider framework. */
export type Framework = Record<'onEvent' | 'isComplete' | 'onTimeout', (event: object) => Promise<void>>;

/** What the framework reaches beyond itself. */
export interface Surroundings {
  clock: Clock;
  /** Environment variables of its functions. */
  env: Record<string, string>;
  log: (line: string) => void;
  /** Stand-ins for the modules that it calls AWS with. */
  modules: Record<'https' | '@aws-sdk/client-lambda' | '@aws-sdk/client-sfn', unknown>;
}

/**
 * Loads the code that the CDK puts between CloudFormation and a provider's functions: the package's own files, with all of
 * their retries, on a clock, a network and an SDK that are given. The package exports them to nobody.
 */
export function loadFramework(surroundings: Surroundings): Framework {
  const { clock, env, log, modules } = surroundings;
  const globals = {
    process: { env },
    console: { log: (...texts: unknown[]) => log(texts.map(String).join(' ')) },
    setTimeout: (wake: () => void, ms: number) => void clock.sleep(Math.max(ms, 1)).then(wake),
    Math: Object.assign(Object.create(Math) as Math, { random: () => clock.random() }),
  };
  const loaded = new Map<string, { exports: unknown }>();
  const load = (name: string): unknown => {
    if (name in modules) return modules[name as keyof typeof modules];
    if (!name.startsWith('./')) return jest.requireActual(name);
    const known = loaded.get(name);
    if (known) return known.exports;
    const module = { exports: {} };
    loaded.set(name, module);
    const filename = join(runtime, `${name}.js`);
    const parameters = ['exports', 'require', 'module', ...Object.keys(globals)];
    const body = compileFunction(readFileSync(filename, 'utf8'), parameters, { filename }) as (
      ...values: unknown[]
    ) => void;
    body(module.exports, load, module, ...Object.values(globals));
    return module.exports;
  };
  return load('./framework') as Framework;
}

const runtime = join(
  dirname(require.resolve('aws-cdk-lib/package.json')),
  'custom-resources/lib/provider-framework/runtime',
);
