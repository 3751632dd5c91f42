/**
 * The resource that ends the store of a stack: it stands for what the bucket holds, and is deleted after the batches and
 * before the bucket. Construct and handler both go by its type, as one provider serves both kinds of resources.
 */
export const STORE_RESOURCE_TYPE = 'Custom::IotDeviceBatchStore';

/** How the resource is set up, as it travels. */
export interface StoreProperties {
  /** Whether the bucket outlives the stack with all that it holds: then nothing is emptied. Absent means that it does not. */
  retain?: boolean;
}

/**
 * How long emptying may take. What a batch leaves in the store when it is deleted is little, whatever its size; the longest part is
 * to wait for an invocation that was killed, which holds a batch for five minutes.
 */
export const EMPTYING_SECONDS = 25 * 60;
