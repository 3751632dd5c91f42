import { policyInForce } from '../../lib/batch/policy-in-force';
import { emptyHead, type Generation, type Policy } from '../../lib/batch/record/head';

type Kept = Pick<Policy, 'deleteActivated' | 'removalPolicy'>;
const keeping: Kept = { deleteActivated: false, removalPolicy: 'retain' };
const removing: Kept = { deleteActivated: true, removalPolicy: 'destroy' };

const inForce = (ofBatch: Kept | undefined, own: Kept, keepsByOwnPolicy?: boolean) => {
  const head = { ...emptyHead('b1'), ...(ofBatch && { policy: ofBatch as Policy }) };
  const { deleteActivated, removalPolicy } = policyInForce(head, { policy: own, keepsByOwnPolicy } as Generation);
  return { deleteActivated, removalPolicy };
};

describe('what a generation is dropped by', () => {
  it('is the policy of the batch, whatever its own was', () => {
    expect(inForce(keeping, removing)).toEqual(keeping);
    expect(inForce(removing, keeping)).toEqual(removing);
  });

  it('is its own where nothing of the batch ever succeeded', () => {
    expect(inForce(undefined, removing)).toEqual(removing);
    expect(inForce(undefined, keeping, true)).toEqual(keeping);
  });

  it('is both where nobody can say whether it was in use: what either keeps is kept (I1)', () => {
    expect(inForce(removing, keeping, true)).toEqual(keeping);
    expect(inForce(keeping, removing, true)).toEqual(keeping);
    expect(inForce(removing, removing, true)).toEqual(removing);
    const careful: Kept = { deleteActivated: false, removalPolicy: 'destroy' };
    expect(inForce(removing, careful, true)).toEqual(careful);
    expect(inForce(careful, removing, true)).toEqual(careful);
  });
});
