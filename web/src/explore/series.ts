import dayjs from 'dayjs';
import type { Answered, Point } from '../api/types';
import type { ChartKind, Grain, Spot } from './question';

/** At most so many series are drawn; the table shows all. */
export const drawn = 10;

export type Series = {
  key: string;
  a: string | null | undefined;
  b: string | null | undefined;
  values: (number | null)[];
  total: number;
};

/** A Picture is an answer laid out for a chart: categories along the axis, one series each for a × b. */
export type Picture = {
  kind: Exclude<ChartKind, 'auto'> | 'number';
  time: boolean;
  /** The axis' raw values: days as YYYY-MM-DD, or values of the first dimension. */
  axis: (string | null)[];
  series: Series[];
  /** Series that were left out. */
  left: number;
};

const id = (v: string | null | undefined) => (v === undefined ? '' : v === null ? '\u0000' : `=${v}`);

/** steps lists every period from the first to the last, so that a silent month is seen as one. */
export function steps(first: string, last: string, grain: Grain): string[] {
  const unit = grain === 'week' ? 'week' : grain === 'none' ? 'day' : grain;
  const out: string[] = [];
  let at = dayjs(first);
  for (let i = 0; i < 3_000 && !at.isAfter(dayjs(last)); i++) {
    out.push(at.format('YYYY-MM-DD'));
    at = unit === 'quarter' ? at.add(3, 'month') : at.add(1, unit);
  }
  return out;
}

function timeAxis(points: Point[], grain: Grain): string[] {
  const days = [...new Set(points.map((p) => (p.t ?? '').slice(0, 10)))].filter(Boolean).sort();
  const first = days[0];
  const last = days.at(-1);
  if (!first || !last) return [];
  const all = steps(first, last, grain);
  // Where a period does not begin where counting on from the first puts it, the server's own list is right.
  return days.every((d) => all.includes(d)) ? all : days;
}

export function choose(kind: ChartKind, time: boolean, by: boolean, by2: boolean, additive: boolean): Picture['kind'] {
  if (!time && !by) return 'number';
  if (kind !== 'auto') {
    if (kind === 'line' && !time) return 'bar';
    if (kind === 'heatmap' && !(time ? by : by2)) return time ? 'line' : 'bar';
    if (kind === 'stacked' && !additive) return time ? 'line' : 'bar';
    return kind;
  }
  if (time) return by && additive ? 'stacked' : 'line';
  return by2 && additive ? 'stacked' : 'bar';
}

export function lay(
  answer: Answered,
  asked: { grain: Grain; by: string; by2: string },
  kind: ChartKind,
  additive: boolean,
): Picture {
  const time = asked.grain !== 'none';
  const points = answer.points ?? [];
  const axis: (string | null)[] = time ? timeAxis(points, asked.grain) : [...new Set(points.map((p) => p.a ?? null))];
  const place = new Map(axis.map((value, i) => [id(value), i]));
  const by = asked.by !== '';
  const by2 = by && asked.by2 !== '';
  const found = new Map<string, Series>();
  for (const p of points) {
    const a = time ? (by ? (p.a ?? null) : undefined) : undefined;
    const b = by2 ? (p.b ?? null) : undefined;
    const key = `${id(a)}|${id(b)}`;
    let series = found.get(key);
    if (!series) {
      series = { key, a, b, values: axis.map(() => null), total: 0 };
      found.set(key, series);
    }
    const at = place.get(id(time ? (p.t ?? '').slice(0, 10) : (p.a ?? null)));
    if (at === undefined) continue;
    series.values[at] = p.value;
    series.total += Math.abs(p.value ?? 0);
  }
  // What was counted or summed and is not there is nought; what was averaged is unknown.
  if (additive && time) for (const s of found.values()) s.values = s.values.map((v) => v ?? 0);
  const all = [...found.values()].sort((x, y) => y.total - x.total);
  const shown = choose(kind, time, by, by2, additive);
  const keep = shown === 'heatmap' ? 40 : drawn;
  let picture: Picture = { kind: shown, time, axis, series: all.slice(0, keep), left: Math.max(0, all.length - keep) };
  if (!time && axis.length > 1) picture = largestFirst(picture);
  return picture;
}

/** Without time the axis has no order of its own: the largest stands first. */
function largestFirst(picture: Picture): Picture {
  const sums = picture.axis.map((_, i) => picture.series.reduce((sum, s) => sum + (s.values[i] ?? 0), 0));
  const order = picture.axis.map((_, i) => i).sort((x, y) => (sums[y] ?? 0) - (sums[x] ?? 0));
  const pull = <T>(list: T[]) => order.map((i) => list[i]) as T[];
  return {
    ...picture,
    axis: pull(picture.axis),
    series: picture.series.map((s) => ({ ...s, values: pull(s.values) })),
  };
}

/** spotOf says which point of the answer stands at a place of the picture. */
export function spotOf(picture: Picture, series: number, at: number): Spot {
  const spot: Spot = {};
  const s = picture.series[series];
  const place = picture.axis[at];
  if (picture.time) {
    if (place) spot.t = place;
    if (s?.a !== undefined) spot.a = s.a;
  } else if (place !== undefined) spot.a = place;
  if (s?.b !== undefined) spot.b = s.b;
  return spot;
}

/** period names a period as its reader would: 2025-03, 2025 Q1. */
export function period(t: string, grain: Grain): string {
  switch (grain) {
    case 'year':
      return t.slice(0, 4);
    case 'quarter':
      return `${t.slice(0, 4)} Q${Math.floor((Number(t.slice(5, 7)) - 1) / 3) + 1}`;
    case 'month':
      return t.slice(0, 7);
    default:
      return t.slice(0, 10);
  }
}
