import { join } from 'node:path';
import { run } from '../../local-aws';
import type { Narrator } from './narrator';
import type { AwsStage } from './stage';

const program = join(__dirname, '../../dist/bin/iot-device-batch.js');

/** `iot-device-batch status`, as a user would run it, of the store that a manifest lies in. */
export async function showStatus({ aws }: AwsStage, manifestUri: string, narrator: Narrator): Promise<void> {
  await narrator.step(`npx iot-device-batch status ${manifestUri.split('/').slice(0, 3).join('/')}`, async () => {
    const env = { ...process.env, ...aws.environment };
    const { code, stderr } = await run(process.execPath, [program, 'status', manifestUri], {
      env,
      onLine: (line) => narrator.quote(line),
    });
    if (code !== 0) throw new Error(`status ended with ${code}: ${stderr}`);
  });
}
