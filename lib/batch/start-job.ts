import { BatchError } from './errors';
import type { Operation } from './operation';
import { CloudError, type Cloud, type RequestTicket } from './ports/cloud';
import type { JobEntry } from './record/jobs';

/**
 * How long a call whose answer was lost may still arrive: its own time-out and a minute. No cloud documents this; the
 * minute is our assumption.
 */
export const FLIGHT_MS = 90_000;

/** A cloud's times are in whole seconds, and its clock is not ours. */
export const CLOCK_SLACK_MS = 5_000;

/** How long it may take to write down that such a call is about to be made. */
const ANNOUNCEMENT_MS = 5_000;

/** The cloud knows a repeated request for a quarter of an hour (help.aliyun.com 30561); the last minute is left alone. */
const TICKET_MS = 14 * 60_000;

/**
 * The one call that creates devices. It is written down before and after, and made under a confirmed lease (I3). When it
 * returns, the job runs, or its answer was lost: from then on it is observed, not repeated.
 */
export async function startJob(
  operation: Operation,
  cloud: Cloud,
  job: JobEntry,
  names: readonly string[],
): Promise<void> {
  const { clock } = operation;
  await operation.patiently('starting the registration', async () => {
    // A call of this ticket may still arrive: only the very same request may follow it.
    const ticket = job.nameless ? (job.committing?.ticket ?? (await newTicket(operation, cloud))) : undefined;
    const followsLost = job.committing !== undefined;
    await announce(operation, job, ticket);
    try {
      const { jobId } = ticket ? await commitNameless(cloud, job, ticket) : await cloud.commit(names, job.jobId);
      await job.append({ step: 'committed', jobId }, clock.now());
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      // It may have arrived.
      if (error.kind === 'outcomeUnknown') return;
      // What is said of this call says nothing of the lost one before it.
      if (followsLost && ticket) throw error;
      // A plain no was not executed and is not under way any more; whether the cloud began all the same, it shows.
      const refusal = { step: 'committing', flightUntil: clock.now() } as const;
      const visible = error.kind === 'permanent' && !job.nameless && cloud.traits.jobIdBornAt === 'open';
      await job.append(visible ? refusal : { step: 'notCommitted' }, clock.now());
      throw error;
    }
  });
}

/**
 * Sends a lost request for devices without names again, as the very same: the cloud refuses it if the first one arrived.
 * @throws BatchError `OutcomeUnknown` then, or when it is too late to ask: nobody can say which devices are the job's, and no
 * further request is made.
 */
export async function repeatLost(operation: Operation, cloud: Cloud, job: JobEntry): Promise<void> {
  const { ticket } = job.committing ?? {};
  if (!ticket || operation.clock.now() > ticket.at + TICKET_MS) throw outcomeUnknown(job);
  await startJob(operation, cloud, job, []);
}

/** Writes down until when the call may arrive; anew if the writing itself took too much of that time. */
async function announce(operation: Operation, job: JobEntry, ticket: RequestTicket | undefined): Promise<void> {
  const { clock } = operation;
  let began: number;
  do {
    await operation.confirm();
    began = clock.now();
    const flightUntil = began + ANNOUNCEMENT_MS + FLIGHT_MS;
    await job.append({ step: 'committing', flightUntil, ...(ticket && { ticket }) }, began);
  } while (clock.now() - began > ANNOUNCEMENT_MS);
}

async function commitNameless(cloud: Cloud, job: JobEntry, ticket: RequestTicket): Promise<{ jobId: string }> {
  if (!cloud.commitCount) throw new BatchError('NamesNeeded', `${cloud.limits.title} does not invent names`);
  const answer = await cloud.commitCount(job.names.count, ticket);
  if (answer === 'arrived') throw outcomeUnknown(job);
  return answer;
}

async function newTicket({ clock }: Operation, cloud: Cloud): Promise<RequestTicket> {
  return (await cloud.issueTicket?.()) ?? { nonce: clock.nonce(16), at: clock.now() };
}

function outcomeUnknown(job: JobEntry): BatchError {
  const since = new Date(job.committing?.ticket?.at ?? 0).toISOString();
  return new BatchError(
    'OutcomeUnknown',
    `the answer to a request for ${job.names.count} devices of ${since} was lost, and the cloud has seen the request: ` +
      'its job is unknown here, so that none of its devices can be proven ours. Nothing is asked for again, and nothing deleted by guess; ' +
      "find the job in the cloud's console and list it with fromJob, or delete its devices there",
  );
}
