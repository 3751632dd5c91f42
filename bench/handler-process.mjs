// Plays Lambda for one Create, with the bundle that is deployed, and tells the parent what it took. Plain JavaScript:
// whatever else were loaded here would be measured as well.
import { createRequire } from 'node:module';

const { onEvent, isComplete } = createRequire(import.meta.url)('../dist/handler/index.js');
const count = Number(process.env.BENCH_DEVICES);
const started = performance.now();
if (count > 0) await create();
const seconds = (performance.now() - started) / 1000;
process.send({ maxRssMb: process.resourceUsage().maxRSS / 1024, seconds });

async function create() {
  const { region, productKey, endpoint } = JSON.parse(process.env.BENCH_CLOUD);
  const event = {
    RequestType: 'Create',
    RequestId: 'bench',
    StackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/bench/1',
    LogicalResourceId: 'Batch',
    ResourceProperties: {
      version: '1',
      cloud: { aliyun: { region, productKey, endpoint } },
      devices: { sequence: { prefix: 'light-', count: String(count) } },
      timeoutSeconds: '3300',
      secretArn: 'keys',
    },
  };
  const invocation = { getRemainingTimeInMillis: () => 300_000 };
  const accepted = { ...event, ...(await onEvent(event, invocation)) };
  while (!(await isComplete(accepted, invocation)).IsComplete);
}
