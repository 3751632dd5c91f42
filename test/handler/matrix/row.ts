import { aliyun, certificates, testedClouds, type TestedCloud } from '../../support/tested-clouds';
import { loadFixture } from './fixture';
import { Stage, type StageSetting } from './stage';
import { expectEnding, type Ending } from './ending';

interface RowSetting extends StageSetting {
  /** The clouds that it is played on. @default one API of each cloud */
  on?: readonly TestedCloud[];
}

type Play = (stage: Stage) => Promise<Ending>;

/**
 * A row of the matrix in test/README.md. `play` sends the events of the fixture of this name, and says what there must be in
 * the end.
 */
export function row(name: string, play: Play, setting: RowSetting = {}): void {
  const fixture = loadFixture(name);
  it.each(setting.on ?? oneApiOfEach)(
    `${fixture.number}: ${fixture.what} ($name)`,
    async (cloud) => {
      const stage = await Stage.open(fixture, cloud, setting);
      try {
        expectEnding(stage, await play(stage));
      } finally {
        await stage.world.close();
      }
    },
    PATIENCE_MS,
  );
}

/** A row in which it matters what an API tells of devices, or of calls whose answers were lost. */
export function rowOnEveryApi(name: string, play: Play, setting: StageSetting = {}): void {
  row(name, play, { ...setting, on: testedClouds });
}

/** A row that needs to know whether a device has connected, or whether it is still the same. */
export function rowWhereDevicesAreTold(name: string, play: Play): void {
  row(name, play, { on: testedClouds.filter(({ tells }) => tells.devices) });
}

const oneApiOfEach = [aliyun, certificates];

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
  it.each(oneApiOfEach)(
    `${fixture.number}: ${fixture.what} ($name)`,
    async (cloud) => {
      for (let step = 1; ; step++) {
        const stage = await Stage.open(fixture, cloud, {});
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
    },
    120_000,
  );
}
