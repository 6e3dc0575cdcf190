import type { Query } from '../api/client';

export const grains = ['none', 'day', 'week', 'month', 'quarter', 'year'] as const;
export type Grain = (typeof grains)[number];
export const chartKinds = ['auto', 'line', 'bar', 'stacked', 'heatmap'] as const;
export type ChartKind = (typeof chartKinds)[number];
export const ops = ['eq', 'ne', 'in', 'has', 'gt', 'gte', 'lt', 'lte', 'null', 'notnull'] as const;
export type Op = (typeof ops)[number];

export type Filter = { dim: string; op: Op; value: string };

/** A point of the answer that someone wants to see the events of; null is "no value". */
export type Spot = { t?: string; a?: string | null; b?: string | null };

/** Everything on the explore page; it lives in the address, so that a question can be sent to someone. */
export type Question = {
  metric: string;
  by: string;
  by2: string;
  grain: Grain;
  /** First day, and the day after the last; empty = open. */
  since: string;
  until: string;
  where: Filter[];
  zone: string;
  chart: ChartKind;
  view: 'chart' | 'table';
  spot: Spot | undefined;
  event: string;
};

export const blank: Question = {
  metric: '',
  by: '',
  by2: '',
  grain: 'month',
  since: '',
  until: '',
  where: [],
  zone: '',
  chart: 'auto',
  view: 'chart',
  spot: undefined,
  event: '',
};

function oneOf<T extends string>(list: readonly T[], value: string | null, otherwise: T): T {
  return list.find((item) => item === value) ?? otherwise;
}

function day(value: string | null): string {
  return value && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : '';
}

/** An attribute is attr: and its name; a value can hold anything; null and notnull have none. */
export function readFilter(text: string): Filter | undefined {
  const at = new RegExp(`^(attr:[^:]*|[^:]+):(${ops.join('|')})(?::([\\s\\S]*))?$`).exec(text);
  return at?.[1] && at[2] ? { dim: at[1], op: at[2] as Op, value: at[3] ?? '' } : undefined;
}

/** bare tells whether an operator stands without a value. */
export function bare(op: Op): boolean {
  return op === 'null' || op === 'notnull';
}

export function writeFilter(filter: Filter): string {
  return bare(filter.op) ? `${filter.dim}:${filter.op}` : `${filter.dim}:${filter.op}:${filter.value}`;
}

/** An absent dimension and an empty value differ: ~ stands for "no value". */
const none = '~';

export function readQuestion(params: URLSearchParams): Question {
  const spot: Spot = {};
  const part = (name: string) => {
    const value = params.get(name);
    return value === none ? null : value;
  };
  if (params.has('t')) spot.t = params.get('t') ?? '';
  if (params.has('a')) spot.a = part('a');
  if (params.has('b')) spot.b = part('b');
  return {
    metric: params.get('metric') ?? '',
    by: params.get('by') ?? '',
    by2: params.get('by2') ?? '',
    grain: oneOf(grains, params.get('grain'), blank.grain),
    since: day(params.get('since')),
    until: day(params.get('until')),
    where: params.getAll('where').flatMap((text) => readFilter(text) ?? []),
    zone: params.get('zone') ?? '',
    chart: oneOf(chartKinds, params.get('chart'), 'auto'),
    view: params.get('view') === 'table' ? 'table' : 'chart',
    spot: params.has('spot') ? spot : undefined,
    event: params.get('event') ?? '',
  };
}

export function writeQuestion(q: Question): URLSearchParams {
  const params = new URLSearchParams();
  const put = (name: string, value: string, otherwise = '') => {
    if (value !== otherwise) params.set(name, value);
  };
  put('metric', q.metric);
  put('by', q.by);
  put('by2', q.by2);
  put('grain', q.grain, blank.grain);
  put('since', q.since);
  put('until', q.until);
  for (const filter of q.where) params.append('where', writeFilter(filter));
  put('zone', q.zone);
  put('chart', q.chart, 'auto');
  put('view', q.view, 'chart');
  if (q.spot) {
    params.set('spot', '1');
    if (q.spot.t !== undefined) params.set('t', q.spot.t);
    if (q.spot.a !== undefined) params.set('a', q.spot.a ?? none);
    if (q.spot.b !== undefined) params.set('b', q.spot.b ?? none);
  }
  put('event', q.event);
  return params;
}

/** saved is the part of a question that is kept under a name: not what someone happened to have open. */
export function saved(q: Question): string {
  return writeQuestion({ ...q, spot: undefined, event: '' }).toString();
}

/** asked is what the server is asked for a question. */
export function asked(q: Question): Query {
  return {
    metric: q.metric,
    by: q.by,
    by2: q.by && q.by2,
    grain: q.grain,
    since: q.since,
    until: q.until,
    where: q.where.filter((f) => f.value !== '' || bare(f.op)).map(writeFilter),
    zone: q.zone,
  };
}

/** askedEvents is what the server is asked for the events behind a point. */
export function askedEvents(q: Question): Query {
  const query = asked(q);
  const spot = q.spot;
  if (!spot) return query;
  if (spot.t !== undefined) query.t = spot.t;
  if (spot.a !== undefined) query.a = spot.a ?? '\\N';
  if (spot.b !== undefined) query.b = spot.b ?? '\\N';
  return query;
}
