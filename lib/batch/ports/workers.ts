/**
 * Who works on batches, where one can tell whether somebody else still does: then nobody who is dead is waited for. A Lambda cannot
 * tell that of another; a process can, of those on its own machine.
 */
export interface Workers {
  /** This process, in a way that it can be asked about. */
  readonly self: string;
  /** Whether somebody is known to be gone for good; false also where nobody can tell. */
  isDead(worker: string): boolean;
}
