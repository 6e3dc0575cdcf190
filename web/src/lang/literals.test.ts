import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const han = /\p{Script=Han}/u;
const letters = /\p{L}{2,}/u;

/** Attributes whose text a reader sees or hears. */
const seen = new Set([
  'title',
  'label',
  'placeholder',
  'alt',
  'aria-label',
  'description',
  'okText',
  'cancelText',
  'message',
  'extra',
  'subTitle',
  'suffix',
  'text',
]);

/** Where words of both languages are at home. */
const dictionary = /(words|rights|glossary)\.ts$/;

/** faults lists the texts of a file that belong in a dictionary. */
export function faults(name: string, source: string): string[] {
  const file = ts.createSourceFile(
    name,
    source,
    ts.ScriptTarget.Latest,
    true,
    name.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  );
  const out: string[] = [];
  const say = (node: ts.Node, text: string) => {
    out.push(`${name}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${text.trim()}`);
  };
  const walk = (node: ts.Node): void => {
    if (ts.isJsxText(node) && letters.test(node.text)) say(node, node.text);
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      if (han.test(node.text)) say(node, node.text);
      else if (ts.isJsxAttribute(node.parent) && seen.has(node.parent.name.getText()) && letters.test(node.text))
        say(node, node.text);
      else if (ts.isJsxExpression(node.parent) && !ts.isJsxAttribute(node.parent.parent) && letters.test(node.text))
        say(node, node.text);
    }
    ts.forEachChild(node, walk);
  };
  walk(file);
  return out;
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (name) =>
    /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) && !dictionary.test(name) && !name.endsWith('schema.ts'),
);

describe('texts outside of the dictionaries', () => {
  it('finds what it is for', () => {
    expect(faults('x.tsx', 'const a = <p>Hello</p>')).toHaveLength(1);
    expect(faults('x.tsx', 'const a = <p title="Hello there" />')).toHaveLength(1);
    expect(faults('x.tsx', "const a = <p>{'Hello'}</p>")).toHaveLength(1);
    expect(faults('x.ts', "const a = '中文'")).toHaveLength(1);
    expect(faults('x.ts', 'const a = `中文 ${b}`')).toHaveLength(1);
    expect(faults('x.tsx', 'const a = <p className="clip">{t("hello")} · {n}</p>')).toEqual([]);
  });

  it.each(files)('%s has none', (name) => {
    expect(faults(name, readFileSync(join(root, name), 'utf8'))).toEqual([]);
  });
});
