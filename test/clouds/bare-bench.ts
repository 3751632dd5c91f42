import { startEmulator, type EmulatorOptions, type RunningEmulator } from '../../emulator';
import type { Cloud } from '../../lib/batch/ports/cloud';
import type { CloudEnvironment } from '../../lib/clouds/environment';
import { RateLimits } from '../../lib/clouds/http/rate-limits';
import { VirtualClock } from './virtual-clock';

/** What a test may want otherwise of a connection's surroundings. */
export type Surroundings = Partial<Omit<CloudEnvironment, 'observer'>>;

/** An emulator that is reached over real HTTP on one virtual clock, and whoever is connected to it. */
export interface BareBench {
  clock: VirtualClock;
  running: RunningEmulator;
  /** What was logged, as one text. */
  log: () => string;
  /** Connects, and closes the connection at the end. */
  open(connect: (environment: CloudEnvironment) => Cloud, surroundings: Surroundings): Cloud;
  close(): Promise<void>;
}

export async function startBareBench(options: EmulatorOptions): Promise<BareBench> {
  const clock = new VirtualClock();
  const running = await startEmulator({ clock, ...options });
  const lines: string[] = [];
  const clouds: Cloud[] = [];
  const observer: CloudEnvironment['observer'] = {
    log: (level, message, fields) => lines.push(JSON.stringify({ level, message, ...fields })),
    progress: () => undefined,
  };
  return {
    clock,
    running,
    log: () => lines.join('\n'),
    open(connect, surroundings) {
      const cloud = connect({ clock, observer, rates: new RateLimits(clock, 1), until: Infinity, ...surroundings });
      clouds.push(cloud);
      return cloud;
    },
    async close() {
      await Promise.all(clouds.map((cloud) => cloud.close()));
      await running.close();
    },
  };
}

export const names = (count: number, prefix = 'light-'): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1).padStart(3, '0')}`);
