// Plays Lambda, with the bundle that is deployed, for the life of one batch, and tells the parent what each request took.
// Plain JavaScript: whatever else were loaded here would be measured as well.
import { createRequire } from 'node:module';

const { onEvent, isComplete } = createRequire(import.meta.url)('../dist/handler/index.js');
const { devices, cloud, life } = JSON.parse(process.env.BENCH_BATCH);
const invocation = { getRemainingTimeInMillis: () => 300_000 };

const requests = [];
let PhysicalResourceId;
for (const RequestType of life) requests.push(await carryOut(RequestType, `bench-${RequestType}`));
process.send({ maxRssMb: process.resourceUsage().maxRSS / 1024, requests });

async function carryOut(RequestType, RequestId) {
  const started = performance.now();
  const event = {
    RequestType,
    RequestId,
    StackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/bench/1',
    LogicalResourceId: 'Batch',
    PhysicalResourceId,
    ResourceProperties: {
      version: '1',
      cloud,
      devices: { sequence: { prefix: 'light-', count: String(devices) } },
      timeoutSeconds: '3300',
      secretArn: 'keys',
    },
  };
  const accepted = { ...event, ...(await onEvent(event, invocation)) };
  PhysicalResourceId ??= accepted.PhysicalResourceId;
  let invocations = 1;
  try {
    while (!(await isComplete(accepted, invocation)).IsComplete) invocations += 1;
  } catch (error) {
    // Time that passes too fast for the machine ends before the work does; run again, it continues.
    if (RequestType !== 'Delete' || !/run it again/.test(String(error.message))) throw error;
    const rest = await carryOut(RequestType, `${RequestId}-again`);
    invocations += rest.invocations;
  }
  const seconds = (performance.now() - started) / 1000;
  return { RequestType, invocations, seconds, rssMb: process.resourceUsage().maxRSS / 1024 };
}
