import dayjs from 'dayjs';
import type { Today } from '../api/types';

export type Stack = { days: string[]; series: { verb: string; values: number[] }[]; rest: number[] | undefined };

/** stack lays out counts per day and verb; the smallest verbs are summed, every day of the span is there. */
export function stack(counts: Today['by_verb'], keep = 8): Stack {
  const total = new Map<string, number>();
  for (const c of counts) total.set(c.verb, (total.get(c.verb) ?? 0) + c.n);
  const verbs = [...total].sort((a, b) => b[1] - a[1]).map(([verb]) => verb);
  const seen = counts.map((c) => c.day.slice(0, 10)).sort();
  const days: string[] = [];
  const last = seen.at(-1);
  if (seen[0] && last)
    for (let day = dayjs(seen[0]); days.length < 4_000 && !day.isAfter(dayjs(last)); day = day.add(1, 'day'))
      days.push(day.format('YYYY-MM-DD'));
  const at = new Map(days.map((day, i) => [day, i]));
  const named = verbs.length > keep + 1 ? verbs.slice(0, keep) : verbs;
  const series = named.map((verb) => ({ verb, values: days.map(() => 0) }));
  const row = new Map(series.map((s) => [s.verb, s.values]));
  const rest = days.map(() => 0);
  for (const c of counts) {
    const i = at.get(c.day.slice(0, 10));
    if (i === undefined) continue;
    const values = row.get(c.verb) ?? rest;
    values[i] = (values[i] ?? 0) + c.n;
  }
  return { days, series, rest: named.length < verbs.length ? rest : undefined };
}
