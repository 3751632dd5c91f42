import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixtureNames, loadFixture } from './fixture';

interface Row {
  number: number;
  what: string;
  fixture: string;
  test: string;
}

describe('the matrix in test/README.md', () => {
  it('has a row for each fixture, with the test that plays it, in the order of the numbers', () => {
    const expected = fixtureNames().map((fixture) => {
      const { number, what } = loadFixture(fixture);
      return { number, what, fixture, test: testOf(fixture) };
    });
    expect(rowsOfReadme()).toEqual(expected);
    expect(new Set(expected.map(({ number }) => number)).size).toBe(expected.length);
  });
});

/** The one test file that plays this fixture. */
function testOf(fixture: string): string {
  const files = readdirSync(__dirname).filter((file) => file.endsWith('.test.ts'));
  const call = new RegExp(`\\brow\\w*\\(\\s*'${fixture}'`);
  const plays = (file: string) => call.test(readFileSync(join(__dirname, file), 'utf8'));
  return files.filter(plays).join(' and ');
}

function rowsOfReadme(): Row[] {
  const text = readFileSync(join(__dirname, '../../README.md'), 'utf8');
  const pattern = /^\| +(\d+) +\| (.+?) +\| \[(.+?)\]\((.+?)\) +\| \[.+?\]\((.+?)\) +\|$/gm;
  return [...text.matchAll(pattern)].map(([, number, what = '', fixture = '', path, test]) => {
    expect(path).toBe(`handler/matrix/fixtures/${fixture}.json`);
    return { number: Number(number), what, fixture, test: String(test).replace('handler/matrix/', '') };
  });
}
