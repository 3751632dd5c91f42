import { type RunningEmulator, startEmulator } from '../../../emulator';
import { aliyun } from './aliyun/vendor';
import { Report } from './report';
import { tencentApi2, tencentApi3 } from './tencent/vendors';
import { walk } from './walk';

let running: RunningEmulator;
const report = new Report();
beforeAll(async () => {
  running = await startEmulator({
    aliyun: { durations: { checkMs: 60_000, createMs: 60_000 } },
    tencent: { durations: { startMs: 60_000, createMs: 60_000 } },
  });
});
afterAll(() => running.close());
afterAll(
  () => void process.stdout.write(`\nWhat the vendors' SDKs saw of the emulator, as documented:\n\n${report.text()}\n`),
);

describe(aliyun.name, () => {
  walk(aliyun, () => running, report);

  test.each(aliyun.sdks)('$name is told what was signed, and never hears the right secret', async (sdk) => {
    running.emulator.reset();
    const { accessKeyId, accessKeySecret, productKey } = running.aliyun;
    const keys = { accessKeyId, accessKeySecret: 'wrong' };
    const outcome = await sdk.call(running.url, keys, 'QueryProduct', { ProductKey: productKey });
    expect(outcome.message).toContain('server string to sign is:');
    expect(JSON.stringify(outcome)).not.toContain(accessKeySecret);
  });
});

describe(tencentApi3.name, () => walk(tencentApi3, () => running, report));

describe(tencentApi2.name, () => walk(tencentApi2, () => running, report));
