import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(__dirname, '../..');

/** What a file imports, types included: files by their paths in the clone, packages by their names. */
export interface Imports {
  files: string[];
  packages: string[];
}

/** The TypeScript files below a folder, by their paths in the clone. */
export function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => file.endsWith('.ts') && !/(^|\/)(node_modules|cdk\.out)\//.test(file));
}

/** By whichever syntax: `import`, `export … from`, `import()` and `require()`. */
export function importsOf(file: string): Imports {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true);
  return namedBy(
    file,
    importedFiles.map(({ fileName }) => fileName),
  );
}

/** All that is loaded, or looked at by the compiler, with a file. */
export function closureOf(entry: string): Imports {
  return follow(entry, importsOf);
}

/** All that is loaded as soon as a file is: no types, and nothing that is asked for later by `import()` or a `require` of one's own. */
export function loadedWith(entry: string): Imports {
  return follow(entry, (file) => {
    const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest);
    return namedBy(file, source.statements.flatMap(loadedBy));
  });
}

function loadedBy(statement: ts.Statement): string[] {
  if (ts.isImportDeclaration(statement)) {
    const { importClause, moduleSpecifier } = statement;
    return isForTypes(importClause) ? [] : [(moduleSpecifier as ts.StringLiteral).text];
  }
  if (!ts.isExportDeclaration(statement) || statement.isTypeOnly || !statement.moduleSpecifier) return [];
  return [(statement.moduleSpecifier as ts.StringLiteral).text];
}

function isForTypes(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = clause;
  return (
    !name &&
    namedBindings !== undefined &&
    ts.isNamedImports(namedBindings) &&
    namedBindings.elements.every(({ isTypeOnly }) => isTypeOnly)
  );
}

function follow(entry: string, importsOfFile: (file: string) => Imports): Imports {
  const files = new Set([entry]);
  const packages = new Set<string>();
  for (const file of files) {
    const imports = importsOfFile(file);
    imports.files.forEach((each) => files.add(each));
    imports.packages.forEach((each) => packages.add(each));
  }
  return { files: [...files], packages: [...packages] };
}

function namedBy(file: string, names: readonly string[]): Imports {
  return {
    files: names.filter(isRelative).map((name) => sourceFile(join(dirname(file), name))),
    packages: names.filter((name) => !isRelative(name)).map(packageName),
  };
}

function sourceFile(path: string): string {
  const candidates = [`${path}.ts`, join(path, 'index.ts'), path];
  const found = candidates.find((candidate) => candidate.includes('.') && existsSync(join(root, candidate)));
  if (found === undefined) throw new Error(`no source for ${relative(root, path)}`);
  return found;
}

function isRelative(name: string): boolean {
  return name.startsWith('.');
}

function packageName(name: string): string {
  if (name.startsWith('node:')) return 'node';
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}
