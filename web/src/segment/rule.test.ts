import { describe, expect, it } from 'vitest';
import { clauses, complete, depth, fresh, kindOf } from './rule';

describe('fresh', () => {
  it.each(clauses)('makes a %s', (kind) => {
    expect(kindOf(fresh(kind))).toBe(kind);
  });
});

describe('complete', () => {
  it('waits for values, names and groups that hold something', () => {
    expect(complete(fresh('trait'))).toBe(false);
    expect(complete({ trait: { name: 'stage', op: 'eq', text: 'active' } })).toBe(true);
    expect(complete({ trait: { name: 'money', op: 'gte', number: 0 } })).toBe(true);
    expect(complete({ trait: { name: 'money', op: 'null' } })).toBe(true);
    expect(complete({ all: [] })).toBe(false);
    expect(complete({ any: [fresh('event'), { not: fresh('text') }] })).toBe(false);
  });
});

describe('depth', () => {
  it('counts groups, not negations', () => {
    expect(depth({ all: [{ not: { any: [fresh('event')] } }] })).toBe(2);
  });
});
