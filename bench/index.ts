import { benchLag } from './lag';

void (async () => {
  console.log(await benchLag());
})();
