import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from './error-codes';

const page = readFileSync(join(__dirname, '../../docs/runbook.md'), 'utf8');
const waysOut = readFileSync(join(__dirname, '../handler/ways-out.test.ts'), 'utf8');

/** The codes of a heading, or of the first cell of a row. */
const told = page.split('\n').flatMap((line) => {
  const [title] = /^####? .*|^\| `[^|]*/.exec(line) ?? [];
  return [...(title ?? '').matchAll(/`([A-Z][A-Za-z]+)`/g)].map(([, code]) => code!);
});

const codes = errorCodes();

test('codes are found in whichever way they get into an error', () => {
  const some = [
    'DevicesExist',
    'CloudCallFailed',
    'StoreDenied',
    'Superseded',
    'SecretMissing',
    'IdTaken',
    'NamesOverlap',
    'NotConnected',
  ];
  expect(some.filter((code) => !codes.has(code))).toEqual([]);
});

test.each([...codes])('docs/runbook.md says what to do about %s', (code) => {
  expect(told).toContain(code);
});

test('docs/runbook.md has no code that no error can have', () => {
  expect(told.filter((code) => !codes.has(code))).toEqual([]);
});

test('docs/runbook.md says of each code of a deployment what happened, what is owed, and what to run', () => {
  const sections = page.split(/^#### /m).slice(1);
  expect(sections.length).toBeGreaterThan(20);
  for (const section of sections) {
    expect(section).toMatch(/^- \*\*What happened\*\*: [^]*^- \*\*Owed\*\*: [^]*^- \*\*Run\*\*: /m);
  }
});

test('README’s short list is part of it', () => {
  const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
  const rows = readme.split('## When it fails')[1]!.split('\n## ')[0]!.split('\n');
  const listed = rows.flatMap((row) =>
    [...(/^\| `[^|]*/.exec(row)?.[0] ?? '').matchAll(/`([A-Z]\w+)`/g)].map(([, code]) => code!),
  );
  expect(listed.length).toBeGreaterThan(10);
  expect(listed.filter((code) => !told.includes(code))).toEqual([]);
});

test('each way out of a state of the stack is tried in test/handler/ways-out.test.ts', () => {
  const states = page.split(/^## The stack's states/m)[1]!.matchAll(/^### (.*)$/gm);
  const headings = [...states].map(([, heading]) => heading!);
  expect(headings).toContain('DELETE_FAILED');
  const tried = [...waysOut.matchAll(/^describe\('(.*)', \(\) => \{$/gm)].map(([, heading]) => heading!);
  expect(tried).toEqual(headings);
});
