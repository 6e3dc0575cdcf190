import { describe, expect, it } from 'vitest';
import { rows, steps } from './identity';

describe('steps', () => {
  it('begins each bar where the one before ended', () => {
    const bar = (name: string, bits: number, rare = 0) => ({ name, level: '', a: '', b: '', bits, rare });
    expect(steps([bar('prior', -10), bar('phone', 12, 1.5), bar('city', -1)]).map((s) => [s.from, s.to])).toEqual([
      [0, -10],
      [-10, 3.5],
      [3.5, 2.5],
    ]);
  });
});

describe('rows', () => {
  const party = (name: string, phone?: string) => ({
    id: name,
    source: 'crm',
    kind: 'account',
    namespace: 'crm.account',
    key: '1',
    name,
    batch: 'b',
    row: 1,
    ...(phone ? { phone } : {}),
  });
  it('leaves out what neither has, and marks what agrees', () => {
    const got = rows({ parties: [party('甲公司', '1'), party('甲公司')] });
    expect(got.map((r) => [r.field, r.same])).toEqual([
      ['source', true],
      ['key', false],
      ['name', true],
      ['phone', false],
    ]);
  });
});
