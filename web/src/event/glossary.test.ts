import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { objectWords, partyKindWords, verbWords } from './glossary';

const text = readFileSync(join(import.meta.dirname, '../../../GLOSSARY.md'), 'utf8');

function section(title: string): Record<string, string> {
  const from = text.indexOf(`\n## ${title}`);
  const to = text.indexOf('\n## ', from + 4);
  const rows = text.slice(from, to < 0 ? undefined : to).matchAll(/^\| `([\w.]+)` \| ([^|]+?) \|/gm);
  return Object.fromEntries([...rows].map((m) => [m[1] ?? '', m[2] ?? '']));
}

it.each([
  ['Verbs', verbWords],
  ['Kinds of object', objectWords],
  ['Kinds of party', partyKindWords],
] as const)('%s are the glossary’s', (title, dict) => {
  const want = section(title);
  expect(Object.keys(want).length).toBeGreaterThan(2);
  expect(Object.fromEntries(Object.entries(dict).map(([word, pair]) => [word, pair[0]]))).toEqual(want);
});
