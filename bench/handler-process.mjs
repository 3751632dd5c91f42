// Plays Lambda, with the bundle that is deployed, for the life of one batch, and tells the parent what each request took.
// Plain JavaScript: whatever else were loaded here would be measured as well.
import { createRequire } from 'node:module';

const { onEvent, isComplete } = createRequire(import.meta.url)('../dist/handler/index.js');
const { devices, cloud, life } = JSON.parse(process.env.BENCH_BATCH);
const { region, productKey, endpoint } = cloud;
const invocation = { getRemainingTimeInMillis: () => 300_000 };

const requests = [];
let PhysicalResourceId;
for (const RequestType of life) requests.push(await carryOut(RequestType));
process.send({ maxRssMb: process.resourceUsage().maxRSS / 1024, requests });

async function carryOut(RequestType) {
  const started = performance.now();
  const event = {
    RequestType,
    RequestId: `bench-${RequestType}`,
    StackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/bench/1',
    LogicalResourceId: 'Batch',
    PhysicalResourceId,
    ResourceProperties: {
      version: '1',
      cloud: { aliyun: { region, productKey, endpoint } },
      devices: { sequence: { prefix: 'light-', count: String(devices) } },
      timeoutSeconds: '3300',
      secretArn: 'keys',
    },
  };
  const accepted = { ...event, ...(await onEvent(event, invocation)) };
  PhysicalResourceId ??= accepted.PhysicalResourceId;
  let invocations = 1;
  while (!(await isComplete(accepted, invocation)).IsComplete) invocations += 1;
  const seconds = (performance.now() - started) / 1000;
  return { RequestType, invocations, seconds, rssMb: process.resourceUsage().maxRSS / 1024 };
}
