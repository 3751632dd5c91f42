import { EngineStatus } from '../../lib/pulumi/engine-status';
import { startEngine, startMuteEngine, type StandInEngine } from '../support/pulumi-engine';

const URN = 'urn:pulumi:dev::town::pulumi-nodejs:dynamic/iot-device-batch:DeviceBatch::lights';

describe('what the engine is told to show', () => {
  let engine: StandInEngine;
  afterEach(() => engine?.end());

  /** Shows all of the texts; those that were to be told by another way are the answer. */
  const shown = async (status: EngineStatus, ...texts: string[]) => {
    const instead: string[] = [];
    await status.during(async () => {
      for (const text of texts) status.show(URN, text, () => instead.push(text));
    });
    return instead;
  };

  it('has arrived, in order, when the work is over, and no connection is left', async () => {
    engine = await startEngine();
    const status = new EngineStatus(engine.address);
    for (const texts of [['one', 'two', 'three'], ['four']]) expect(await shown(status, ...texts)).toEqual([]);
    expect(engine.shown).toEqual(['one', 'two', 'three', 'four'].map((text) => ({ urn: URN, text })));
    for (const end = Date.now() + 10_000; engine.connections > 0; await new Promise(setImmediate)) {
      if (Date.now() > end) throw new Error('it is still connected');
    }
  });

  it.each([
    ['has gone', async () => ((engine = await startEngine()), await engine.end(), engine.address)],
    ['does not answer', async () => (engine = await startMuteEngine()).address],
    ['was never there', async () => 'test'],
  ])('is told by another way where the engine %s, and the work goes on', async (_, address) => {
    const status = new EngineStatus(await address());
    expect(await shown(status, 'one', 'two')).toEqual(['one', 'two']);
    expect(await status.during(async () => 'done')).toBe('done');
  });

  it('fails no work, and hides no failure of it', async () => {
    engine = await startMuteEngine();
    const failing = new EngineStatus(engine.address).during(() => Promise.reject(new Error('the cloud is down')));
    await expect(failing).rejects.toThrow('the cloud is down');
  });
});
