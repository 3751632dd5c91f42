import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Workers } from '../batch/ports/workers';

/**
 * The processes of this machine. One is known by its number and, where Linux tells, by its start and its namespace: a number is
 * given again, and in another container the same number is another process. Of other machines nothing is known.
 */
export const processes: Workers = {
  self: describe(process.pid),
  isDead(worker) {
    const [host, namespace, pid] = worker.split(' ');
    if (host !== hostname() || namespace !== NAMESPACE || !Number.isInteger(Number(pid))) return false;
    return !isRunning(Number(pid)) || describe(Number(pid)) !== worker;
  },
};

const UNKNOWN = '-';
const NAMESPACE = namespace();

function describe(pid: number): string {
  return [hostname(), namespace(), pid, startOf(pid)].join(' ');
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * In clock ticks since the machine was started (proc_pid_stat(5), field 22); the second field may hold blanks and brackets. A zombie
 * (field 3) does nothing any more, whenever its parent will ask for it.
 */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'dead' : (fields[19] ?? UNKNOWN);
  } catch {
    return UNKNOWN;
  }
}

function namespace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return UNKNOWN;
  }
}
