import { live, type Share } from './live';

/** A process that lives its share of a run: told by its first argument, telling in lines of JSON. */
const share = JSON.parse(process.argv[2] as string) as Share;

let since = 0;
void live(share, () => {
  if (++since < 50) return;
  process.stdout.write(`${JSON.stringify({ lived: since })}\n`);
  since = 0;
}).then((lives) => process.stdout.write(`${JSON.stringify({ lived: since, lives })}\n`));
