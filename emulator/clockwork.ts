/** Something that goes on by itself: at `nextStepAt`, in work time. Infinity: never, it is stuck. */
export interface SteppingJob {
  nextStepAt: number;
}

/** Lets the jobs that run take their steps in the order of time, as if nobody had to look for them to go on. */
export class Clockwork<Job extends SteppingJob> {
  private readonly running = new Set<Job>();

  /** `step` takes the next step of a job, sets when the one after is due, and says whether there is one. */
  constructor(private readonly step: (job: Job) => boolean) {}

  start(job: Job): void {
    this.running.add(job);
  }

  clear(): void {
    this.running.clear();
  }

  /** Takes every step that is due by the work time `work`. */
  settle(work: number): void {
    for (;;) {
      let next: Job | undefined;
      for (const job of this.running) {
        if (job.nextStepAt <= work && job.nextStepAt < (next?.nextStepAt ?? Infinity)) next = job;
      }
      if (!next) return;
      if (!this.step(next)) this.running.delete(next);
    }
  }
}
