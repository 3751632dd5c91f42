import { readdir, readFile } from 'node:fs/promises';

/** Whether other processes' environments can be read, by which they are found. */
export const canFindProcesses = process.platform === 'linux';

/** The ids of the processes whose environment has all of these texts; none where that cannot be read. */
export async function processesWith(...texts: readonly string[]): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((entry) => /^\d+$/.test(entry));
  const environments = await Promise.all(
    pids.map(async (pid) => ({ pid, text: await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '') })),
  );
  return environments.filter(({ text }) => texts.every((one) => text.includes(one))).map(({ pid }) => Number(pid));
}
