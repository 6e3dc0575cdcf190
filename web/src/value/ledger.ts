import { faces, type Bridge, type Face, type FaceSum, type Grade, type Ledger, type Num, type Row } from './claim';
import { isNumber } from './unit';
import { gradeOf, headline, judged, nullOf } from './verdict';

export type Filter = { q: string; face: Face | ''; grade: Grade | ''; state: string };
export type Order = { by: string; down: boolean } | undefined;

/** A line of the ledger's table: the name of a face with its sums, or a claim. */
export type Line = { key: string; face: Face; sum?: FaceSum; row?: Row };

export function matches(row: Row, filter: Filter): boolean {
  const claim = row.version.claim;
  const q = filter.q.trim().toLowerCase();
  return (
    (!filter.face || claim.face === filter.face) &&
    (!filter.grade || gradeOf(row) === filter.grade) &&
    (!filter.state || row.state === filter.state) &&
    (!q ||
      [claim.id, claim.title.zh, claim.title.en, claim.question.zh, claim.question.en, claim.shovel ?? '']
        .join(' ')
        .toLowerCase()
        .includes(q))
  );
}

/** push is how far a figure stands from nothing, in half widths of its interval; the sign says which way. */
export function push(row: Row): number {
  const figure = headline(row.result?.finding);
  if (!figure || !isNumber(figure.value) || !isNumber(figure.lo) || !isNumber(figure.hi) || figure.hi <= figure.lo)
    return 0;
  const way = row.version.claim.outcome.lower ? -1 : 1;
  return (way * (figure.value - nullOf(figure)) * 2) / (figure.hi - figure.lo);
}

const orders: Record<string, (row: Row) => number | string> = {
  claim: (row) => row.version.claim.title.zh,
  grade: (row) => gradeOf(row) ?? 'Z',
  figure: push,
  net: (row) => row.result?.finding.worth?.net.value ?? Number.NEGATIVE_INFINITY,
  cost: (row) => row.result?.finding.worth?.cost ?? Number.NEGATIVE_INFINITY,
  q: (row) => row.q ?? 2,
  state: (row) => row.state,
};

/** arrange puts claims under their faces, or in the order asked for, without faces. */
export function arrange(rows: readonly Row[], sums: readonly FaceSum[], order: Order): Line[] {
  const of = order && orders[order.by];
  if (order && of) {
    const way = order.down ? -1 : 1;
    return [...rows]
      .sort((a, b) => {
        const x = of(a);
        const y = of(b);
        return way * (typeof x === 'string' || typeof y === 'string' ? String(x).localeCompare(String(y)) : x - y);
      })
      .map((row) => ({ key: row.id, face: row.version.claim.face, row }));
  }
  return faces.flatMap((face): Line[] => {
    const own = rows.filter((row) => row.version.claim.face === face);
    if (own.length === 0) return [];
    const sum = sums.find((s) => s.face === face);
    return [
      { key: `face:${face}`, face, ...(sum ? { sum } : {}) },
      ...own
        .sort((a, b) => (gradeOf(a) ?? 'Z').localeCompare(gradeOf(b) ?? 'Z') || push(b) - push(a))
        .map((row): Line => ({ key: row.id, face, row })),
    ];
  });
}

export type Hours = { value: number; lo: Num; hi: Num; claims: string[] };

/**
 * hoursOf adds the hours that claims graded A to C saved: the effect on one
 * task times the tasks that had it. Only claims that hold and share no rows
 * count; intervals are added as independent errors are.
 */
export function hoursOf(
  ledger: Pick<Ledger, 'rows' | 'overlap'>,
  toHours: (row: Row) => number | undefined,
): Hours | undefined {
  const taken: string[] = [];
  let value = 0;
  let down: number | null = 0;
  let up: number | null = 0;
  for (const row of ledger.rows ?? []) {
    const finding = row.result?.finding;
    const figure = headline(finding);
    const hours = toHours(row);
    if (!finding || !figure || hours === undefined || figure.kind !== 'absolute' || !isNumber(figure.value)) continue;
    if (row.state !== 'run' || !row.holds || judged(row) !== 'better') continue;
    const shares = (o: { a: string; b: string }) =>
      (o.a === row.id && taken.includes(o.b)) || (o.b === row.id && taken.includes(o.a));
    if ((ledger.overlap ?? []).some(shares)) continue;
    taken.push(row.id);
    // What got less is what was saved.
    const scale = -hours * finding.counts.exposed;
    value += scale * figure.value;
    if (!isNumber(figure.lo) || !isNumber(figure.hi)) {
      down = up = null;
      continue;
    }
    if (down !== null) down += (scale * (figure.hi - figure.value)) ** 2;
    if (up !== null) up += (scale * (figure.value - figure.lo)) ** 2;
  }
  if (taken.length === 0) return undefined;
  return {
    value,
    lo: down === null ? null : value - Math.sqrt(down),
    hi: up === null ? null : value + Math.sqrt(up),
    claims: taken,
  };
}

/** A Fall is one bar of a waterfall: from where to where. */
export type Fall = { from: number; to: number; kind: string; index: number };

/** waterfall lays a bridge out: last year, each step from where the one before ended, this year. */
export function waterfall(bridge: Bridge): Fall[] {
  const before = bridge.before ?? 0;
  const falls: Fall[] = [{ from: 0, to: before, kind: 'before', index: -1 }];
  let at = before;
  (bridge.steps ?? []).forEach((step, index) => {
    if (!isNumber(step.amount)) return;
    falls.push({ from: at, to: at + step.amount, kind: step.kind, index });
    at += step.amount;
  });
  if (isNumber(bridge.after)) falls.push({ from: 0, to: bridge.after, kind: 'after', index: -1 });
  return falls;
}

/** Scaled is an interval on a line from 0 to 1, with where nothing would be. */
export type Scaled = { lo: number; hi: number; value: number; zero: number };

/** scale fits an interval and its null into a line, the null in the middle when it may be either side. */
export function scale(value: number, lo: number, hi: number, zero: number): Scaled {
  const reach = Math.max(Math.abs(lo - zero), Math.abs(hi - zero), Math.abs(value - zero)) || 1;
  const at = (v: number) => 0.5 + ((v - zero) / reach) * 0.46;
  return { lo: at(lo), hi: at(hi), value: at(value), zero: 0.5 };
}

/** timeline places days within a window: 0 at its first day, 1 at its end. */
export function placeDay(day: string, since: string, until: string): number {
  const [a, b, x] = [since, until, day].map((d) =>
    Date.parse(`${d.length === 7 ? `${d}-01` : d.slice(0, 10)}T00:00:00Z`),
  );
  if (a === undefined || b === undefined || x === undefined || !(b > a) || Number.isNaN(x)) return 0;
  return Math.min(1, Math.max(0, (x - a) / (b - a)));
}
