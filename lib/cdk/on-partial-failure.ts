/** What happens to the devices that a change of a batch created before it failed. */
export enum OnPartialFailure {
  /** They are deleted before the failure is told. */
  ROLL_BACK = 'rollBack',
  /**
   * They stay, and belong to the batch: the next change that succeeds takes over those of them that it asks for and deletes the
   * others, and so does the end of the batch. Only an update can keep them, as CloudFormation deletes what it failed to create.
   */
  KEEP = 'keep',
}
