/** One call that reached the emulator, or that it kept from arriving. Holds no secret. */
export interface JournalCall {
  /** Counts from 1, over both kinds of entry, so that calls and device events can be put in order. */
  seq: number;
  /** Wall time, milliseconds since 1970. */
  time: number;
  cloud: string;
  operation: string;
  accessKeyId?: string;
  requestId?: string;
  /** The parameters that identify; of lists, how many elements they have. */
  parameters: Record<string, string | number>;
  /** Whether the operation was carried out (also a query), whatever the caller saw. */
  executed: boolean;
  /** What the caller got: `dropped` is a reset connection. */
  delivered: 'answered' | 'dropped';
  status?: number;
  /** The vendor's error code; absent in success. */
  code?: string;
  /** Kinds of the faults that struck. */
  faults: string[];
}

/** Something that happened to a device: what tests judge a client by. */
export interface JournalDeviceEvent {
  seq: number;
  /** Wall time, milliseconds since 1970. */
  time: number;
  cloud: string;
  event: 'created' | 'seeded' | 'connected' | 'disconnected' | 'deleted';
  /** Tencent: the ProductId. */
  productKey: string;
  deviceName: string;
  /** The device's identity at the cloud (Alibaba: IotId; Tencent: SHA-256 of its certificate or of the text of its PSK). */
  identity: string;
  /** The application or task that created it. */
  jobId?: string;
  /** The call that did it, where one did. */
  requestId?: string;
}

/** A long-running emulator forgets calls beyond these; device events are kept for ever. */
const callsKept = 100_000;

/** Everything that happened, in order. */
export class Journal {
  private seq = 0;
  private readonly recordedCalls: JournalCall[] = [];
  private readonly recordedEvents: JournalDeviceEvent[] = [];

  recordCall(call: Omit<JournalCall, 'seq'>): void {
    this.recordedCalls.push({ seq: ++this.seq, ...call });
    if (this.recordedCalls.length > callsKept * 1.1)
      this.recordedCalls.splice(0, this.recordedCalls.length - callsKept);
  }

  recordDevice(event: Omit<JournalDeviceEvent, 'seq'>): void {
    this.recordedEvents.push({ seq: ++this.seq, ...event });
  }

  /** The calls, or those of one operation. */
  calls(operation?: string): readonly JournalCall[] {
    return operation === undefined
      ? this.recordedCalls
      : this.recordedCalls.filter((call) => call.operation === operation);
  }

  deviceEvents(): readonly JournalDeviceEvent[] {
    return this.recordedEvents;
  }

  clear(): void {
    this.seq = 0;
    this.recordedCalls.length = 0;
    this.recordedEvents.length = 0;
  }
}
