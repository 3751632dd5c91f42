import { benchLag } from './lag';
import { benchMemory } from './memory';

/** `npm run bench`: every measurement, each beside what it is compared to. */
void (async () => {
  console.log(await benchLag(), '\n');
  console.log(await benchMemory());
})();
