import { more } from './held';
import { runHostile } from './hostile';
import { tell } from './report';

const options = { minutes: 0.03, batches: 6, seed: 'test', mild: true, warmUpSeconds: 0 };

it('leaves nothing behind, whatever went wrong: no device, job, debt, socket, timer or file (I2, I11)', async () => {
  const run = await runHostile(options);

  expect(run.left).toEqual([]);
  expect(run.control.operations.filter(({ failed }) => failed !== undefined)).toEqual([]);
  expect(Object.keys(run.hostile.weather).length).toBeGreaterThan(0);
  expect(tell(options, run)).toMatch(/requests an operation.*nothing is left/s);
});

it('tells what a process holds that it did not hold before', () => {
  const before = { resources: { Timeout: 1 }, files: 20 };
  expect(more(before, { resources: { Timeout: 3, TCPSocketWrap: 1 }, files: 21 })).toEqual([
    ...['2 Timeout', '1 TCPSocketWrap', '1 open files'],
  ]);
  expect(more(before, before)).toEqual([]);
});
