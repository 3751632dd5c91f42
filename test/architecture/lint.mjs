// Lints the sources that come as JSON by standard input, as if they lay where they say, with the rules of the clone. Prints
// for each whether its imports are refused. A process of its own, for ESLint loads its configuration as an ES module.
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

// A file that does not exist has no types.
const eslint = new ESLint({ overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }] });

async function isRefused({ filePath, source }) {
  const [{ messages }] = await eslint.lintText(source, { filePath });
  const broken = messages.find(({ fatal }) => fatal);
  if (broken !== undefined) throw new Error(`${filePath}: ${broken.message}`);
  return messages.some(({ ruleId }) => ruleId === 'no-restricted-imports');
}

const refused = [];
for (const each of JSON.parse(await text(process.stdin))) refused.push(await isRefused(each));
console.log(JSON.stringify(refused));
