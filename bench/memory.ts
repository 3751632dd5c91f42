import { runLambda } from './lambda';
import { row, table } from './table';

/** What the handler may take: its function has 512 MB, and shall need a quarter of it. */
const GOAL_MB = 128;

/**
 * The peak memory of the handler, in a Node process of its own as in Lambda, with S3 and the cloud over HTTP: Create from
 * the event to the answer. Beside it a Node process that only loads the bundle.
 */
export async function benchMemory(): Promise<string> {
  const rows: string[][] = [];
  for (const devices of [0, 1_000, 10_000]) {
    const { maxRssMb, requests } = await runLambda({ devices, life: devices > 0 ? ['Create'] : [], jobSpeed: 20 });
    rows.push([
      devices === 0 ? 'loaded, idle' : devices.toLocaleString('en'),
      `${maxRssMb.toFixed(0)} MB`,
      (maxRssMb / GOAL_MB).toFixed(2),
      requests[0] ? `${requests[0].seconds.toFixed(1)} s` : '',
    ]);
  }
  return table(`Peak memory of the handler (goal: ${GOAL_MB} MB at 10,000 devices)`, [
    row('devices', 'peak RSS', '÷ goal', 'Create took'),
    ...rows,
  ]);
}
