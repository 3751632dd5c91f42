import { parseArgs } from 'node:util';
import { benchLag } from './lag';
import { benchMemory } from './memory';
import { benchSize } from './size';

/** Every measurement, each beside what it is compared to. */
const measurements: Record<string, (cloud?: string) => Promise<string>> = {
  lag: () => benchLag(),
  memory: () => benchMemory(),
  size: benchSize,
};

/** `npm run bench`: all of them, or (`npm run bench -- size --cloud tencent`) those that are named, `size` on this cloud. */
void (async () => {
  const { positionals: named, values } = parseArgs({ allowPositionals: true, options: { cloud: { type: 'string' } } });
  const unknown = named.filter((name) => !(name in measurements));
  if (unknown.length > 0) {
    console.error(`no measurement ${unknown.join(', ')}: there are ${Object.keys(measurements).join(', ')}`);
    process.exitCode = 1;
    return;
  }
  for (const [name, measure] of Object.entries(measurements)) {
    if (named.length === 0 || named.includes(name)) console.log(await measure(values.cloud), '\n');
  }
})();
