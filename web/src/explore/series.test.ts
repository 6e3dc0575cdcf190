import { describe, expect, it } from 'vitest';
import type { Answered, Point } from '../api/types';
import { plain } from './option';
import { choose, lay, period, spotOf, steps } from './series';

const answer = (points: Partial<Point>[]): Answered =>
  ({
    points: points.map((p) => ({ t: null, a: null, b: null, value: null, n: 0, ...p })),
    labels: {},
  }) as unknown as Answered;

describe('lay', () => {
  it('shows a silent month as nought where figures add up, as unknown where not', () => {
    const got = answer([
      { t: '2026-01-01', value: 4 },
      { t: '2026-03-01', value: 6 },
    ]);
    const asked = { grain: 'month' as const, by: '', by2: '' };
    expect(lay(got, asked, 'auto', true).series[0]?.values).toEqual([4, 0, 6]);
    expect(lay(got, asked, 'auto', false).series[0]?.values).toEqual([4, null, 6]);
  });

  it('keeps the value that is missing apart from the empty text', () => {
    const picture = lay(
      answer([
        { a: null, value: 1 },
        { a: '', value: 5 },
      ]),
      { grain: 'none', by: 'team', by2: '' },
      'auto',
      true,
    );
    expect(picture.axis).toEqual(['', null]);
    expect(picture.series[0]?.values).toEqual([5, 1]);
  });

  it('leads from each drawn point to its own t, a and b', () => {
    const picture = lay(
      answer([
        { t: '2026-01-01', a: 'x', b: 'p', value: 1 },
        { t: '2026-02-01', a: 'x', b: 'q', value: 9 },
        { t: '2026-02-01', a: null, b: 'p', value: 3 },
      ]),
      { grain: 'month', by: 'team', by2: 'channel' },
      'auto',
      true,
    );
    expect(picture.kind).toBe('stacked');
    expect(picture.series.map((_, i) => spotOf(picture, i, 1))).toEqual([
      { t: '2026-02-01', a: 'x', b: 'q' },
      { t: '2026-02-01', a: null, b: 'p' },
      { t: '2026-02-01', a: 'x', b: 'p' },
    ]);
  });

  it('draws the largest and says how many are left', () => {
    const points = Array.from({ length: 30 }, (_, i) => ({ t: '2026-01-01', a: `a${i}`, value: i }));
    const picture = lay(answer(points), { grain: 'month', by: 'account', by2: '' }, 'line', true);
    expect(picture.series[0]?.a).toBe('a29');
    expect(picture.series).toHaveLength(10);
    expect(picture.left).toBe(20);
  });
});

describe('choose', () => {
  it.each([
    ['auto', false, false, false, true, 'number'],
    ['auto', true, false, false, true, 'line'],
    ['auto', true, true, false, true, 'stacked'],
    ['auto', true, true, false, false, 'line'],
    ['auto', false, true, false, true, 'bar'],
    ['auto', false, true, true, true, 'stacked'],
    ['stacked', true, true, false, false, 'line'],
    ['heatmap', true, false, false, true, 'line'],
    ['line', false, true, false, true, 'bar'],
  ] as const)('choose(%s, time %s, by %s, by2 %s, additive %s) = %s', (kind, time, by, by2, additive, want) => {
    expect(choose(kind, time, by, by2, additive)).toBe(want);
  });
});

it.each([
  ['2026-01-01', '2026-12-31', 'quarter', ['2026-01-01', '2026-04-01', '2026-07-01', '2026-10-01']],
  ['2025-12-29', '2026-01-12', 'week', ['2025-12-29', '2026-01-05', '2026-01-12']],
  ['2024-02-28', '2024-03-01', 'day', ['2024-02-28', '2024-02-29', '2024-03-01']],
] as const)('steps(%s, %s, %s)', (first, last, grain, want) => {
  expect(steps(first, last, grain)).toEqual(want);
});

it.each([
  ['2026-05-01', 'quarter', '2026 Q2'],
  ['2026-05-01', 'month', '2026-05'],
  ['2026-05-01', 'year', '2026'],
  ['2026-05-04', 'week', '2026-05-04'],
] as const)('period(%s, %s) = %s', (t, grain, want) => {
  expect(period(t, grain)).toBe(want);
});

it('plain keeps outside text from being HTML', () => {
  expect(plain(`<img src=x onerror="a('b')">&`)).toBe('&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&amp;');
});
