/** Who watches the engine: the Lambda writes JSON lines, Pulumi shows progress, tests collect. */
export interface Observer {
  /** One fact worth a log line. `fields` hold no secret: names, ids, counts, vendor codes. */
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields?: Record<string, unknown>): void;
  /** How far a step has come, e.g. `{ step: 'collect', done: 350, of: 500 }`. */
  progress(progress: Progress): void;
}

export interface Progress {
  step: 'look-up' | 'check' | 'register' | 'collect' | 'delete';
  /** Devices done so far. */
  done: number;
  /** Devices to do in all. */
  of: number;
}

/** Watches nothing. */
export const silent: Observer = { log: () => undefined, progress: () => undefined };
