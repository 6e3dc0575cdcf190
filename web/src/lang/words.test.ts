import { describe, expect, it } from 'vitest';
import { type Dict, fill, pick, translate, words } from './words';

const modules = import.meta.glob<Record<string, unknown>>(['../**/*.ts', '!../**/*.test.ts', '!../**/schema.ts'], {
  eager: true,
});

/** Every dictionary of the program: exports whose values are all pairs. */
const dictionaries = Object.entries(modules).flatMap(([file, module]) =>
  Object.entries(module)
    .filter(([name]) => name.endsWith('Words'))
    .map(([name, dict]) => ({ name: `${file} ${name}`, dict: dict as Dict })),
);

const han = /\p{Script=Han}/u;
const holes = (text: string) =>
  [...text.matchAll(/\{(\w+)/g)]
    .map((m) => m[1])
    .filter((v, i, all) => all.indexOf(v) === i)
    .sort();

/** Texts that are the same in both languages, or that show the other on purpose. */
const same = new Set(['yaml', 'sha', 'of', 'so', 'otherLang', 'switchLang', 'langWords', 'zhName', 'enName']);

describe('dictionaries', () => {
  it('are found', () => {
    expect(dictionaries.length).toBeGreaterThan(12);
  });

  it.each(dictionaries)('$name has both languages, with the same values', ({ dict }) => {
    for (const [key, pair] of Object.entries(dict)) {
      expect(pair, key).toHaveLength(2);
      const [zh, en] = pair;
      expect(zh.trim(), `${key}: 中文`).not.toBe('');
      expect(en.trim(), `${key}: English`).not.toBe('');
      expect(holes(en), `${key}: values`).toEqual(holes(zh));
      if (same.has(key)) continue;
      expect(zh, `${key}: 中文`).toMatch(han);
      expect(en, `${key}: English`).not.toMatch(han);
    }
  });
});

describe('fill', () => {
  it.each([
    ['{n} {n:row|rows}', 'en', { n: 1 }, '1 row'],
    ['{n} {n:row|rows}', 'en', { n: 12345 }, '12,345 rows'],
    ['共 {n} 条', 'zh', { n: 12345 }, '共 12,345 条'],
    ['{a} and {b}', 'en', { a: 'x' }, 'x and {b}'],
    ['{title}', 'en', { title: '{n} $& <b>' }, '{n} $& <b>'],
  ] as const)('fill(%j, %s, %j) = %j', (text, lang, values, want) => {
    expect(fill(text, lang, values)).toBe(want);
  });
});

describe('translate and pick', () => {
  const dict = words({ rows: ['{n} 行', '{n} {n:row|rows}'] });
  it('asks for the values of the text', () => {
    expect(translate(dict, 'zh')('rows', { n: 3 })).toBe('3 行');
    expect(translate(dict, 'en')('rows', { n: 3 })).toBe('3 rows');
  });
  it('falls back to the language that there is', () => {
    expect(pick('zh', { title: 'Won', title_zh: '' }, 'title')).toBe('Won');
    expect(pick('en', { title: '', title_zh: '赢单' }, 'title')).toBe('赢单');
    expect(pick('zh', { title: 'Won', title_zh: '赢单' }, 'title')).toBe('赢单');
  });
});
