import { describe, expect, it } from 'vitest';
import type { Inspection } from '../api/types';
import { emptyDraft, readDraft } from './draft';
import { hintsOf } from './FormatStep';
import { merge } from './ImportPage';
import { fieldText } from './Outcome';

const file = (upload: string, table: string) => ({
  upload,
  name: `${upload}.csv`,
  member: '',
  format: {},
  tables: [{ name: table }],
});
const look = (files: ReturnType<typeof file>[], tables: string[]) =>
  ({
    files,
    mapping: `source: s\ntables:\n${tables.map((t) => `  - name: ${t}\n`).join('')}`,
    columns: tables.map((table) => ({ table, column: 'c' })),
    matched: '',
  }) as unknown as Inspection;

describe('merge', () => {
  it('puts a second look at one file in place of the first', () => {
    const got = merge(look([file('a', 'A'), file('b', 'B')], ['A', 'B']), look([file('a', 'A2')], ['A2']));
    expect(got.files.map((f) => f.tables[0]?.name)).toEqual(['A2', 'B']);
    expect(got.mapping).not.toMatch(/name: A\n/);
    expect(got.columns.map((c) => c.table)).toEqual(['B', 'A2']);
  });
});

describe('hintsOf', () => {
  it.each([
    [{}, {}],
    [
      { encoding: 'gbk', header: 0 },
      { encoding: 'gbk', header: 0 },
    ],
    [{ header: null, sheet: '' }, {}],
    [{ pivot: 'off' as const }, { pivot: { off: true } }],
    [{ pivot: 'auto' as const }, {}],
  ])('hintsOf(%j) = %j', (fields, want) => {
    expect(hintsOf(fields)).toEqual(want);
  });
});

describe('readDraft', () => {
  it.each([null, '', '{}', '[]', '{"uploads":[],"step":"nowhere"}', 'null'])('takes %j for none', (text) => {
    expect(readDraft(text)).toBeUndefined();
  });
  it('comes back as it was kept', () => {
    const draft = { ...emptyDraft('crm'), step: 'mapping' as const, yaml: 'source: crm' };
    expect(readDraft(JSON.stringify(draft))).toEqual(draft);
  });
});

it('fieldText leaves out what is empty', () => {
  expect(fieldText({ a: 1, b: null, c: '', d: { e: 2 } })).toBe('a: 1  ·  d: {"e":2}');
});
