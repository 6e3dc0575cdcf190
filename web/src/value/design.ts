import type { Claim, Result, SeriesPoint } from './claim';
import { isNumber } from './unit';

/** A Cohort is who began on one day; since is empty for those who never did. */
export type Cohort = { since: string; until: string; names: string[]; n: number };

/** cohorts groups a claim's roll-outs by the day on which they began, those who never did last. */
export function cohorts(claim: Claim, result: Pick<Result, 'about'> | undefined | null): Cohort[] {
  const groups = new Map<string, Cohort>();
  const add = (since: string, until: string, name: string) => {
    const key = `${since}|${until}`;
    const group = groups.get(key) ?? { since, until, names: [], n: 0 };
    group.names.push(name);
    group.n++;
    groups.set(key, group);
  };
  const first = Object.entries(result?.about.first ?? {});
  if (first.length > 0) for (const [name, since] of first) add(since, '', name);
  else for (const d of claim.exposure.dates ?? []) add(d.since, d.until ?? '', d.team ?? d.unit ?? '');
  return [...groups.values()]
    .map((g) => ({ ...g, names: g.names.sort() }))
    .sort((x, y) => (x.since || '9').localeCompare(y.since || '9'));
}

/** named reports whether a cohort's members may be named: teams may, people not. */
export function named(claim: Claim): boolean {
  return claim.cluster === 'team' || claim.unit === 'team' || (claim.exposure.dates ?? []).some((d) => d.team);
}

/** months are the first days of the months in a window, thinned to at most some. */
export function months(since: string, until: string, most = 7): string[] {
  const out: string[] = [];
  let [year = 0, month = 0] = since.split('-').map(Number);
  for (let guard = 0; guard < 240; guard++) {
    const day = `${year}-${String(month).padStart(2, '0')}-01`;
    if (day >= until) break;
    if (day >= since) out.push(day);
    month++;
    if (month > 12) {
      month = 1;
      year++;
    }
  }
  const step = Math.ceil(out.length / most);
  return out.filter((_, i) => i % step === 0);
}

/** endOf is the day after a period: 2026-03 ends before 2026-04-01. */
export function endOf(period: string): string | undefined {
  const month = /^(\d{4})-(\d{2})$/.exec(period);
  const quarter = /^(\d{4})-?Q([1-4])$/.exec(period);
  const day = /^\d{4}-\d{2}-\d{2}$/.test(period);
  const iso = (date: Date) => date.toISOString().slice(0, 10);
  if (month) return iso(new Date(Date.UTC(Number(month[1]), Number(month[2]), 1)));
  if (quarter) return iso(new Date(Date.UTC(Number(quarter[1]), Number(quarter[2]) * 3, 1)));
  if (day) return iso(new Date(Date.parse(period) + 7 * 86_400_000));
  return undefined;
}

/**
 * counterfactual is what those who got it would have had without it: the
 * observed less the effect, times the share of them who had it by then. Null
 * before anybody had it, and where periods can't be placed.
 */
export function counterfactual(
  points: readonly SeriesPoint[],
  effect: number | null | undefined,
  starts: readonly string[],
): (number | null)[] {
  const begun = starts.filter(Boolean);
  if (!isNumber(effect) || begun.length === 0) return points.map(() => null);
  return points.map((point) => {
    const end = endOf(point.period);
    if (!end || !isNumber(point.treated)) return null;
    const had = begun.filter((day) => day < end).length;
    return had === 0 ? null : point.treated - (effect * had) / begun.length;
  });
}
