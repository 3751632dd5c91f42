import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for what comes true by itself. */
export async function until(holds: () => boolean | Promise<boolean>, seconds = 15): Promise<void> {
  for (const deadline = Date.now() + seconds * 1000; !(await holds()); await sleep(50)) {
    if (Date.now() > deadline) throw new Error(`it did not come true within ${seconds} s`);
  }
}

/** Whether somebody takes connections at the address of the URL. */
export function isListening(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}

/** Whether there is a process of that id. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
