/** Anything that tells the time in milliseconds since 1970; `Date` is one. */
export interface TimeSource {
  now(): number;
}

/**
 * Two times that begin together. *Wall time* is the source's: signatures, nonces, rates, `Date` headers and creation
 * times go by it, so that a client with a real clock is never skewed. *Work time* is what jobs consume: it runs `speed`
 * times as fast and can be advanced, so that a job of minutes ends in milliseconds.
 */
export class EmulatorClock {
  private anchor: { wall: number; work: number };
  private factor: number;

  constructor(
    private readonly source: TimeSource = Date,
    speed = 1,
  ) {
    this.factor = validSpeed(speed);
    const now = source.now();
    this.anchor = { wall: now, work: now };
  }

  /** Wall time. */
  now(): number {
    return this.source.now();
  }

  /** The work time at this wall time. Equal to it until the speed is not 1 or the clock is advanced. */
  workAt(wall: number): number {
    return this.anchor.work + (wall - this.anchor.wall) * this.factor;
  }

  /** The wall time at which the work time was `work`; never before the last change of speed. */
  wallAt(work: number): number {
    return this.anchor.wall + Math.max(0, work - this.anchor.work) / this.factor;
  }

  get speed(): number {
    return this.factor;
  }

  setSpeed(speed: number): void {
    this.anchor = { wall: this.now(), work: this.workAt(this.now()) };
    this.factor = validSpeed(speed);
  }

  /** Lets `ms` of work time pass at once. Wall time stays, so signatures remain valid. */
  advance(ms: number): void {
    if (!(ms >= 0 && Number.isFinite(ms))) throw new RangeError(`cannot advance by ${ms} ms: it must be 0 or more`);
    this.anchor = { wall: this.now(), work: this.workAt(this.now()) + ms };
  }
}

function validSpeed(speed: number): number {
  if (!(speed > 0 && Number.isFinite(speed))) throw new RangeError(`speed ${speed} is not a number above 0`);
  return speed;
}
