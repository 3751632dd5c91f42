/** Environment variables by which the construct tells the handler about its surroundings. */
export const environment = {
  /** The bucket in which the batches of the stack are recorded. */
  storeBucket: 'STORE_BUCKET',
  /**
   * How many batches the stack has: each uses its part of the account's rates (I10). Not one of a batch's options, for then
   * adding a batch would be an Update of every other.
   */
  rateShare: 'RATE_SHARE',
} as const;
