import { aliyun } from '../support/tested-clouds';
import { lights, World } from '../support/world';

/** The steps that are written down of the first job. */
function stepsOf(world: World): string[] {
  const id = world.head().generations[0]?.id;
  const entry = world.store.text(`generations/${id}/jobs/00000.json`) ?? '{"steps":[]}';
  return (JSON.parse(entry) as { steps: { step: string }[] }).steps.map(({ step }) => step);
}

describe('a job whose answer was lost, where its id is known before', () => {
  it.each([0, 300_000])('is among those of the batch and written down once, if it takes %d ms', async (createMs) => {
    const world = new World({ jobs: { createMs } });
    world.fault({ kind: 'drop', when: 'after' }, { operation: 'BatchRegisterDeviceWithApplyId', times: 1 });
    const result = await world.create(world.options(lights(3)));
    expect(result).toMatchObject({ state: 'succeeded', batch: { jobIds: aliyun.jobs(world.emulator) } });
    const steps = ['opened', 'committing', 'committed', 'settled', 'collected'];
    expect(stepsOf(world)).toEqual(createMs === 0 ? steps.filter((step) => step !== 'committed') : steps);
  });
});
