import { describe, expect, it } from 'vitest';
import { at, keys, place, type Schema, values } from './complete';
import { alone, names, written } from './expr';
import { addTo, assign, assigned, inside, join, put, read, removeAt, skeleton, tableFor } from './mapping';

const yaml = `source: crm # ours
tables:
  - name: 客户
    match:
      columns: [客户编号]
    parties:
      - ref: account
        kind: account
        namespace: crm.account
        key: 客户编号
        attrs:
          级别: 级别
    events:
      # a signed contract is a won deal
      - verb: deal.won
        ts: 签约日期
        when: 金额 > 0 AND "付款 方式" <> '现金'
        amount: 金额
`;

describe('expressions', () => {
  it.each([
    ['金额', '金额'],
    ['order', 'order'],
    ['case', '"case"'],
    ['付款 方式', '"付款 方式"'],
    ['2月', '"2月"'],
    ['a"b', '"a""b"'],
  ])('written(%j) = %j', (column, want) => {
    expect(written(column)).toBe(want);
    expect(names(written(column))).toEqual([column]);
    expect(alone(written(column), column)).toBe(true);
  });

  it.each([
    ['金额 > 0 AND "付款 方式" <> \'现金\'', ['金额', '付款 方式']],
    ["coalesce(a, b, 'c d')", ['a', 'b']],
    ['CASE WHEN x THEN 1 ELSE y END', ['x', 'y']],
    ['CAST(n AS integer)', ['n']],
    ["'it''s' || z", ['z']],
    ['', []],
  ])('names(%j)', (expr, want) => {
    expect(names(expr)).toEqual(want);
  });
});

describe('a mapping', () => {
  const table = () => {
    const found = read(yaml)?.tables[0];
    if (!found) throw new Error('the sample can’t be read');
    return found;
  };

  it('says what a column is', () => {
    expect(assigned(table(), 0, '客户编号')).toEqual(['p0.key']);
    expect(assigned(table(), 0, '级别')).toEqual(['p0.attrs']);
    expect(assigned(table(), 0, '金额')).toEqual(['e0.amount']);
    expect(assigned(table(), 0, '付款 方式')).toEqual([]);
    expect(inside(table(), '金额')).toBe(1);
    expect(inside(table(), '付款 方式')).toBe(1);
    expect(inside(table(), '客户编号')).toBe(0);
  });

  it('is changed without losing its comments', () => {
    const got = assign(yaml, 0, '客户编号', ['p0.key', 'p0.name', 'key']);
    expect(got).toContain('# ours');
    expect(got).toContain('# a signed contract is a won deal');
    const found = read(got)?.tables[0];
    expect(found?.key).toEqual(['客户编号']);
    expect(found?.parties?.[0]?.name).toBe('客户编号');
    expect(read(assign(got, 0, '客户编号', ['p0.key']))).toEqual(read(yaml));
  });

  it('drops an emptied map of attributes', () => {
    expect(read(assign(yaml, 0, '级别', []))?.tables[0]?.parties?.[0]).not.toHaveProperty('attrs');
  });

  it('quotes what needs it, and names attributes after the column', () => {
    const found = read(assign(yaml, 0, '付款 方式', ['e0.attrs', 'e0.object.key']))?.tables[0]?.events?.[0];
    expect(found?.attrs).toEqual({ 付款_方式: '"付款 方式"' });
    expect(found?.object?.key).toBe('"付款 方式"');
  });

  it('puts, adds and removes', () => {
    expect(read(put(yaml, ['tables', 0, 'events', 0, 'when'], ''))?.tables[0]?.events?.[0]).not.toHaveProperty('when');
    const more = addTo(yaml, 0, 'events', { verb: 'deal.lost', ts: 'x' });
    expect(read(more)?.tables[0]?.events).toHaveLength(2);
    expect(read(removeAt(more, ['tables', 0, 'events', 0]))?.tables[0]?.events?.[0]?.verb).toBe('deal.lost');
  });

  it('takes over the tables of a second look', () => {
    const fresh = 'source: crm\ntables:\n  - name: 新客户\n    events: []\n';
    expect(read(join(yaml, fresh, ['客户']))?.tables.map((t) => t.name)).toEqual(['新客户']);
    expect(read(join(yaml, fresh, []))?.tables.map((t) => t.name)).toEqual(['客户', '新客户']);
  });

  it('finds the table that a delivery is for', () => {
    const mapping = read(yaml + '  - name: 订单\n    match: {columns: [订单号]}\n');
    if (!mapping) throw new Error('the sample can’t be read');
    expect(tableFor(mapping, '订单', [])).toBe(1);
    expect(tableFor(mapping, 'Sheet1', ['订单号', 'x'])).toBe(1);
    expect(tableFor(mapping, 'Sheet1', ['x'])).toBe(-1);
  });

  it.each(['', '- a', 'a: [', 'just text'])('%j is none', (text) => {
    expect(read(text)).toBeUndefined();
  });
});

describe('completion', () => {
  const schema: Schema = {
    $defs: { Event: { properties: { verb: { enum: ['deal.won', 'deal.lost'] }, ts: { description: 'when' } } } },
    properties: {
      source: {},
      tables: {
        items: {
          properties: {
            name: {},
            mode: { enum: ['log', 'snapshot'] },
            events: { items: { $ref: '#/$defs/Event' } },
            let: { additionalProperties: { enum: ['x'] } },
          },
        },
      },
    },
  };
  const lines = yaml.split('\n');
  it.each([
    [0, 3, [], undefined],
    [2, 4, ['tables', '-'], undefined],
    [4, 6, ['tables', '-', 'match'], undefined],
    [7, 8, ['tables', '-', 'parties', '-'], undefined],
    [11, 10, ['tables', '-', 'parties', '-', 'attrs'], undefined],
    [14, 8, ['tables', '-', 'events', '-'], undefined],
    [14, 14, ['tables', '-', 'events', '-'], 'verb'],
    [15, 12, ['tables', '-', 'events', '-'], 'ts'],
  ] as const)('place(line %d, column %d)', (row, column, path, key) => {
    expect(place(lines, row, column)).toEqual({ path: [...path], key });
  });
  it('reads a list at its key’s indentation', () => {
    expect(place(['tables:', '- name: a', '  events:', '  - verb: x', '    '], 4, 4).path).toEqual([
      'tables',
      '-',
      'events',
      '-',
    ]);
  });
  it('offers keys and values of the schema', () => {
    expect(keys(schema, ['tables', '-', 'events', '-'])).toEqual([{ label: 'verb' }, { label: 'ts', info: 'when' }]);
    expect(values(schema, ['tables', '-', 'events', '-', 'verb']).map((o) => o.label)).toEqual([
      'deal.won',
      'deal.lost',
    ]);
    expect(at(schema, ['tables', '-', 'let', 'anything'])).toHaveLength(1);
    expect(keys(schema, ['nowhere'])).toEqual([]);
  });
});

it('skeleton is a mapping of the tables', () => {
  const got = read(skeleton('crm', [{ name: '客户', header: ['客户编号', 'a: b'] }]));
  expect(got?.source).toBe('crm');
  expect(got?.tables[0]).toMatchObject({ name: '客户', match: { columns: ['客户编号', 'a: b'] } });
});
