import { expect, it } from 'vitest';
import { stack } from './chart';
import { inside } from './TodayPage';

it('stack shows every day and sums the small verbs', () => {
  const counts = [
    { day: '2026-01-01', verb: 'a', n: 5 },
    { day: '2026-01-03', verb: 'b', n: 3 },
    { day: '2026-01-03', verb: 'c', n: 2 },
    { day: '2026-01-03', verb: 'd', n: 1 },
  ];
  expect(stack(counts, 2)).toEqual({
    days: ['2026-01-01', '2026-01-02', '2026-01-03'],
    series: [
      { verb: 'a', values: [5, 0, 0] },
      { verb: 'b', values: [0, 0, 3] },
    ],
    rest: [0, 0, 3],
  });
  expect(stack([])).toEqual({ days: [], series: [], rest: undefined });
});

it.each([
  ['/sources/x', '/sources/x'],
  ['//evil.example', '/today'],
  ['javascript:alert(1)', '/today'],
])('inside(%s) = %s', (link, want) => {
  expect(inside(link)).toBe(want);
});
