import type { BatchStatus, GenerationStatus, JobStatus } from '../lib/batch/status';

/** What `status` prints for people. */
export function describeStatus(batches: readonly BatchStatus[], now: number, bucket: string): string {
  if (batches.length === 0) return 'the store knows no batch\n';
  const text = batches.map((batch) => describeBatch(batch, now).join('\n') + '\n').join('\n');
  return text + adviceFor(batches, bucket);
}

/** What there is to do about what is owed, by whomever. */
function adviceFor(batches: readonly BatchStatus[], bucket: string): string {
  const owed = batches.flatMap(({ generations }) => generations).filter((generation) => generation.owed).length;
  const abandoned = batches.flatMap(({ open }) => open).filter((request) => request.abandoned).length;
  const what = [
    ...(owed > 0 ? [`${count(owed, 'generation')} owed`] : []),
    ...(abandoned > 0 ? [`${count(abandoned, 'operation')} abandoned`] : []),
  ];
  if (what.length === 0) return '';
  return `\n${what.join(', ')}: the stack's next operation finishes it, or npx iot-device-batch settle ${bucket}\n`;
}

function describeBatch(batch: BatchStatus, now: number): string[] {
  const owed = batch.generations.filter((generation) => generation.owed).length;
  const lines = [`batch ${batch.batchId}${owed > 0 ? `  – ${count(owed, 'generation')} owed` : ''}`];
  for (const generation of batch.generations) lines.push(...describeGeneration(generation, batch.current));
  if (batch.generations.length === 0) lines.push('  no devices');
  for (const { id, kind, acceptedAt, deadline, abandoned } of batch.open) {
    const rest = abandoned ? 'abandoned' : `${span(deadline - now)} left`;
    lines.push(`  open: ${kind} ${id}, for ${span(now - acceptedAt)}, ${rest}`);
  }
  if (batch.busyUntil !== undefined) lines.push(`  somebody works on it, for ${span(batch.busyUntil - now)} at most`);
  const { last } = batch;
  if (last) lines.push(`  last: ${last.id} ${last.ok ? 'succeeded' : `failed: ${last.message} [${last.code}]`}`);
  return lines;
}

function describeGeneration(generation: GenerationStatus, current: string | undefined): string[] {
  const { id, phase, product, devices, carried, deleted, jobs } = generation;
  const details = [
    count(devices, 'device'),
    product,
    ...(carried > 0 ? [`${carried} carried over`] : []),
    ...(deleted !== undefined ? [`${deleted} deleted`] : []),
  ];
  return [
    `  ${id === current ? '*' : ' '} ${id}  ${phase}${noteOn(generation)}: ${details.join(', ')}`,
    ...jobs.map((job) => `      ${describeJob(job)}`),
  ];
}

/** A failed change's devices stay in the batch; those of a falling one still have to go. */
function noteOn({ phase, owed }: GenerationStatus): string {
  if (phase === 'failed') return ' (kept)';
  return owed ? ' (owed)' : '';
}

function describeJob({ id, devices, state, failed }: JobStatus): string {
  return `job ${id ?? '(no id yet)'}: ${count(devices, 'device')}, ${state}${failed > 0 ? `, ${failed} failed` : ''}`;
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
