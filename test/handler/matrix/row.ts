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
  it(`${fixture.number}: ${fixture.what}`, async () => {
    const stage = await Stage.open(fixture, options);
    try {
      expectEnding(stage, await play(stage));
    } finally {
      await stage.world.close();
    }
  });
}
