import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { sourcesIn } from '../architecture/imports';

/**
 * Every code that users can meet at the end of an error, or before the end of one that is told on: read from the source, so
 * that a new one cannot be forgotten. The vendors' own codes, which have dots or are in their tables, are not among them.
 *
 * @throws Error at a code that is put together in a way that this does not see through.
 */
export function errorCodes(): Set<string> {
  return new Set(['lib', 'handler', 'bin'].flatMap(sourcesIn).flatMap(codesIn));
}

/** Which argument is the code, of what makes an error. */
const makers: Readonly<Record<string, number>> = {
  BatchError: 0,
  SynthesisError: 1,
  CloudError: 1,
  refuse: 1,
  super: 0,
};

const CODE = /^[A-Z][A-Za-z]+$/;

/** A code that ends a text. */
const ENDING = /\[([A-Z][A-Za-z]+)\]$/;

function codesIn(path: string): string[] {
  const file = ts.createSourceFile(
    path,
    readFileSync(join(__dirname, '../..', path), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const codes: string[] = [];
  const visit = (node: ts.Node): void => {
    codes.push(...madeHere(node, file), ...namedHere(node, file), ...endingHere(node));
    node.forEachChild(visit);
  };
  visit(file);
  return codes;
}

function madeHere(node: ts.Node, file: ts.SourceFile): string[] {
  if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) return [];
  // A class of errors that all have one code.
  if (node.expression.kind === ts.SyntaxKind.SuperKeyword && node.arguments?.[0])
    return textOf(node.arguments[0], file).filter(isCode);
  const index = makers[node.expression.getText()];
  const code = index === undefined ? undefined : node.arguments?.[index];
  return code ? codesOf(code, file) : [];
}

/** `code: 'StoreDenied'`, `const code = 'UnreadableAnswer'`, and the members of a type of codes. */
function namedHere(node: ts.Node, file: ts.SourceFile): string[] {
  if (ts.isTypeAliasDeclaration(node) && node.name.text.endsWith('ErrorCode')) return textsIn(node.type).filter(isCode);
  const named = (ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)) && node.name.getText() === 'code';
  return named && node.initializer ? textOf(node.initializer, file).filter(isCode) : [];
}

function endingHere(node: ts.Node): string[] {
  if (!ts.isStringLiteralLike(node) && !ts.isTemplateTail(node)) return [];
  return [...(ENDING.exec(node.text) ?? [])].slice(1);
}

function codesOf(expression: ts.Expression, file: ts.SourceFile): string[] {
  const text = textOf(expression, file);
  if (text.length > 0) return text.filter(isCode);
  if (isHandedOn(expression)) return [];
  const maker = ts.isIdentifier(expression) ? functionWith(expression) : undefined;
  if (maker) return callsOf(maker.name, file).flatMap((call) => codesOf(call.arguments[maker.parameter]!, file));
  throw new Error(`${file.fileName}: which code is ${expression.getText()}?`);
}

/** Whether the code is that of another error or answer (`error.code`, `{ code }`), which was made somewhere else. */
function isHandedOn(expression: ts.Expression): boolean {
  if (!ts.isIdentifier(expression))
    return /\bcode\)?$/.test(expression.getText()) || ts.isTemplateExpression(expression);
  const isTaken = (node: ts.Node): boolean =>
    (ts.isBindingElement(node) && node.name.getText() === expression.getText()) ||
    ts.forEachChild(node, isTaken) === true;
  const around = ts.findAncestor(expression, ts.isFunctionLike);
  return around !== undefined && isTaken(around);
}

/** The function around a name that is one of its parameters. */
function functionWith(name: ts.Identifier): { name: string; parameter: number } | undefined {
  const around = ts.findAncestor(name, ts.isFunctionDeclaration);
  const parameter = around?.parameters.findIndex((each) => each.name.getText() === name.text) ?? -1;
  return around?.name && parameter >= 0 ? { name: around.name.text, parameter } : undefined;
}

function callsOf(name: string, file: ts.SourceFile): ts.CallExpression[] {
  const calls: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === name) calls.push(node);
    node.forEachChild(visit);
  };
  visit(file);
  return calls;
}

/** The text of a literal, or of the constant of a name. */
function textOf(expression: ts.Expression, file: ts.SourceFile): string[] {
  if (ts.isStringLiteral(expression)) return [expression.text];
  const constant = ts.forEachChild(file, function find(node): ts.Expression | undefined {
    const found = ts.isVariableDeclaration(node) && node.name.getText() === expression.getText();
    return found && node.initializer && ts.isStringLiteral(node.initializer)
      ? node.initializer
      : ts.forEachChild(node, find);
  });
  return constant && ts.isStringLiteral(constant) ? [constant.text] : [];
}

function textsIn(type: ts.TypeNode): string[] {
  const members = ts.isUnionTypeNode(type) ? [...type.types] : [type];
  return members.flatMap((member) =>
    ts.isLiteralTypeNode(member) && ts.isStringLiteral(member.literal) ? [member.literal.text] : [],
  );
}

function isCode(text: string): boolean {
  return CODE.test(text);
}
