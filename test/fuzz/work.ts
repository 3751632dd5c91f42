import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Fuzzed } from './fuzz';

/** What one process is to do. */
export interface Work {
  /** The target's name. */
  target: string;
  inputs: number;
  seed: number;
  /** Of an input that ended as it must not: to begin with that one. */
  path?: string;
}

/** What has become of it. */
export interface Worked extends Work, Fuzzed {
  seconds: number;
  peakMemoryMb: number;
}

/** What the process says. */
export type Said = { began: number } | { fuzzed: Fuzzed; peakMemoryMb: number };

/** No input may take more than this. */
const MEMORY_MB = 1_024;
const SILENCE_MS = 180_000;

/**
 * Lets a process of its own do it, so that its memory is that of one target, and so that neither an input that never ends nor one
 * that eats all memory ends the others.
 */
export function work(one: Work): Promise<Worked> {
  const started = performance.now();
  const child = fork(join(__dirname, 'worker.ts'), {
    execArgv: [...process.execArgv, `--max-old-space-size=${MEMORY_MB}`],
    serialization: 'advanced',
  });
  let began = 0;
  let silence = setTimeout(() => child.kill('SIGKILL'), SILENCE_MS);
  const seconds = () => (performance.now() - started) / 1000;
  return new Promise((resolve) => {
    child.on('message', (said: Said) => {
      clearTimeout(silence);
      if ('began' in said) {
        ({ began } = said);
        silence = setTimeout(() => child.kill('SIGKILL'), SILENCE_MS);
      } else {
        const { fuzzed, peakMemoryMb } = said;
        resolve({ ...one, ...fuzzed, seconds: seconds(), peakMemoryMb });
      }
    });
    child.on('exit', (code, signal) => {
      clearTimeout(silence);
      const failure =
        `the process ended (${signal ?? code}) at input ${began} or within a second after it; ` +
        `try again with --path ${began} --seed ${one.seed}`;
      resolve({ ...one, endings: new Map(), slowestMs: NaN, failure, seconds: seconds(), peakMemoryMb: NaN });
    });
    child.send(one);
  });
}
