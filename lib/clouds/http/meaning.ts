/** What a vendor's code says about a call, before it is known whether the call may be repeated. */
export type Meaning =
  /** Refused for its rate; not executed. */
  | 'throttled'
  /** Perhaps executed, perhaps not; the fault is the cloud's. */
  | 'uncertain'
  /** The nonce was seen before: an earlier copy of this call arrived. */
  | 'replayed'
  /** Our timestamp is too far off the server's. */
  | 'clock'
  /** The keys are not accepted; others may be. */
  | 'keys'
  /** The keys are accepted, but may not do this. */
  | 'forbidden'
  /** Trying again cannot help. */
  | 'permanent';

export interface Code {
  meaning: Meaning;
  /** What the user can do. */
  advice?: string;
  missing?: 'product' | 'job';
}
