import { fuzz } from './fuzz';
import { targets } from './targets';

/** The same inputs each time; `npm run fuzz` tries others, and many more. */
const SEED = 1;

test.each(targets)('$name: 200 inputs end with a right result or an error with a code', async (target) => {
  const { endings, failure } = await fuzz(target, 200, SEED);

  expect(failure).toBeUndefined();
  expect(endings.get('right') ?? endings.get('succeeded')).toBeGreaterThan(0);
});

test('what ends as it must not is told with the way to try it again', async () => {
  const [options] = targets;
  const broken = { ...options!, attempt: () => Promise.reject(new TypeError('no code')) };

  const { failure } = await fuzz(broken, 5, SEED);

  expect(failure).toMatch(/seed: 1.*TypeError: no code/s);
});
