import type { Generation, Head, Policy } from './record/head';

/**
 * By which policy a generation is dropped: that of the last event that succeeded, for a Delete brings none of its own; where several
 * resources have the batch's id, that of the last one of its resource. Where nobody can say whether the generation was taken back or removed while it was in use, what its own policy keeps is kept as well.
 */
export function policyInForce(head: Head, generation: Generation): Pick<Policy, 'deleteActivated' | 'removalPolicy'> {
  const { policy: own, keepsByOwnPolicy } = generation;
  const policy = policyOfResource(head, generation);
  if (!policy) return own;
  if (!keepsByOwnPolicy) return policy;
  const retains = [policy, own].some(({ removalPolicy }) => removalPolicy === 'retain');
  return {
    removalPolicy: retains ? 'retain' : 'destroy',
    deleteActivated: policy.deleteActivated && own.deleteActivated,
  };
}

/** That of the last event that succeeded for the generation's resource, if any has. */
export function policyOfResource(
  { policy }: Head,
  { judgedBy }: Generation,
): Pick<Policy, 'deleteActivated' | 'removalPolicy'> | undefined {
  return judgedBy ?? policy;
}
