import type { EmulatorOptions } from '../../../emulator';
import { loadFixture } from './fixture';
import { Stage } from './stage';
import { expectEnding, type Ending } from './ending';

/**
 * A row of the matrix in test/README.md. `play` sends the events of the fixture of this name, and says what there must be in
 * the end.
 */
export function row(name: string, play: (stage: Stage) => Promise<Ending>, options: EmulatorOptions = {}): void {
  const fixture = loadFixture(name);
  it(
    `${fixture.number}: ${fixture.what}`,
    async () => {
      const stage = await Stage.open(fixture, options);
      try {
        expectEnding(stage, await play(stage));
      } finally {
        await stage.world.close();
      }
    },
    PATIENCE_MS,
  );
}

/** Some rows ask the cloud a thousand times within their virtual hours, or are played a hundred times. */
const PATIENCE_MS = 120_000;

/**
 * A row that is played once for each step of the handler: it is killed there, before the step or after it in turn, the next time
 * that isComplete runs after `begin`. `play` gets what CloudFormation heard of it.
 */
export function rowAtEachStep(
  name: string,
  begin: (stage: Stage) => Promise<void>,
  play: (stage: Stage, step: number) => Promise<Ending>,
): void {
  const fixture = loadFixture(name);
  it(`${fixture.number}: ${fixture.what}`, async () => {
    for (let step = 1; ; step++) {
      const stage = await Stage.open(fixture, {});
      try {
        await begin(stage);
        let steps = 0;
        const at = (): boolean => ++steps === step;
        stage.world.lambda.disturb('isComplete', { kind: 'crashed', at, after: step % 2 === 0 });
        const ending = await play(stage, step);
        if (steps < step) return expect(steps).toBeGreaterThan(20);
        expectEnding(stage, ending);
      } finally {
        await stage.world.close();
      }
    }
  }, 120_000);
}
