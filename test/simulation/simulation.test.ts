import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from './life/generate';
import { perform } from './life/perform';
import { generateTwin } from './twin/generate';
import { performTwin } from './twin/perform';
import { mutants } from './mutants/mutants';
import { branchesHit } from './run/branches';
import { bundleWorker } from './run/bundle';
import { run } from './run/run';
import { Tally } from './tally';

// Each life is a stack with its own cloud.
jest.setTimeout(120_000);

describe('random lives of a stack', () => {
  it('violate nothing that must always hold (I1 to I11)', async () => {
    for (let i = 0; i < 60; i++) {
      const { violations } = await perform(generate(`unit-${i}`), new Tally());
      expect({ seed: `unit-${i}`, violations }).toEqual({ seed: `unit-${i}`, violations: [] });
    }
  });

  it('of Pulumi neither', async () => {
    for (let i = 0; i < 40; i++) {
      const { violations } = await performTwin(generateTwin(`unit-${i}`), new Tally());
      expect({ seed: `unit-${i}`, violations }).toEqual({ seed: `unit-${i}`, violations: [] });
    }
  });

  it.each(['same-1', 'same-2'])('of Pulumi are the same whenever they are lived: %s', async (seed) => {
    const lived = () => performTwin(generateTwin(seed), new Tally());
    expect((await lived()).digest).toBe((await lived()).digest);
  });

  it.each(['same-1', 'same-2', 'same-3', 'same-4'])('are the same whenever they are lived: %s', async (seed) => {
    const [once, again] = [await perform(generate(seed), new Tally()), await perform(generate(seed), new Tally())];
    expect(again.digest).toBe(once.digest);
  });

  it('differ from each other', async () => {
    const digests = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (seed) => (await perform(generate(seed), new Tally())).digest),
    );
    expect(new Set(digests).size).toBe(4);
  });
});

describe('a report', () => {
  it('tells which branches of the sources some life has run through, and where the others begin', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lives-'));
    try {
      const worker = await bundleWorker(join(folder, 'worker.cjs'));
      const coverage = join(folder, 'coverage');
      const lives = { worker, coverage, seed: 'report', runs: 4, processes: 2, mostBroken: 1, tells: false };
      const { lived } = await run(lives);
      expect(lived).toBe(4);
      const [engine] = await branchesHit(coverage, worker);
      expect(engine?.folder).toBe('lib/batch');
      expect(engine?.hit).toBeGreaterThan(100);
      expect(engine?.missed).toHaveLength((engine?.all ?? 0) - (engine?.hit ?? 0));
      expect(engine?.missed).toContainEqual(expect.stringMatching(/^lib\/batch\/settle\.ts:\d+$/));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the mistakes that they have to find', () => {
  it.each(mutants)('can be planted: $mistake', ({ file, from }) => {
    const source = readFileSync(join(__dirname, '../..', file), 'utf8');
    expect(source.split(from)).toHaveLength(2);
  });

  it('fail loudly where the source has moved on', async () => {
    const moved = { file: 'lib/batch/drop.ts', from: 'this is not there', to: '' };
    await expect(bundleWorker('/dev/null', moved)).rejects.toThrow('does not have exactly one "this is not there"');
  });
});
