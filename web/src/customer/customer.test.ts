import { describe, expect, it } from 'vitest';
import { byDay, labelOf, line } from './customer';

describe('line', () => {
  const at = (number: number | null) => ({ trait: 'x', number, day: '2026-01-31' });
  it('spans the box and leaves gaps out', () => {
    expect(line([at(0), at(null), at(10)], 100, 20)).toBe('0.0,20.0 100.0,0.0');
  });
  it('draws a level as a level', () => {
    expect(line([at(3), at(3)], 10, 4)).toBe('0.0,4.0 10.0,4.0');
  });
  it('needs two numbers', () => {
    expect(line([at(1), at(null)], 10, 4)).toBe('');
  });
});

describe('byDay', () => {
  it('keeps the order and starts anew when the day changes', () => {
    expect(byDay(['a1', 'a2', 'b1'], (s) => s.charAt(0))).toEqual([
      { day: 'a', items: ['a1', 'a2'] },
      { day: 'b', items: ['b1'] },
    ]);
  });
});

describe('labelOf', () => {
  const trait = { values: [{ value: 'lost', title: 'Lost', title_zh: '流失' }] };
  it('reads in the language, and leaves what it does not know', () => {
    expect([labelOf(trait, 'lost', 'zh'), labelOf(trait, 'lost', 'en'), labelOf(trait, '抖音', 'en')]).toEqual([
      '流失',
      'Lost',
      '抖音',
    ]);
  });
});
