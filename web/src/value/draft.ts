import { translate, type Pair } from '../lang/words';
import type { Claim, Face, RollOut, Text } from './claim';
import { askWords, outcomeUnitWords, outcomeWords } from './outcome.words';

export type Outcome = keyof typeof outcomeWords;

type Template = {
  face: Face;
  unit: string;
  verbs: string[];
  entry?: string[];
  measure: string;
  column?: string;
  lower?: boolean;
  beyond?: number;
};

/** What should have moved, as claims measure it. */
export const outcomes: Record<Outcome, Template> = {
  won: { face: 'constant', unit: 'staff', verbs: ['deal.won'], measure: 'count' },
  contract: { face: 'constant', unit: 'staff', verbs: ['contract.signed'], measure: 'sum', column: 'amount' },
  payment: { face: 'constant', unit: 'staff', verbs: ['payment.received'], measure: 'sum', column: 'amount' },
  reach: { face: 'floor', unit: 'staff', verbs: ['deal.won'], measure: 'reached' },
  reply: {
    face: 'speed',
    unit: 'object',
    entry: ['feedback.received'],
    verbs: ['feedback.replied'],
    measure: 'hours',
    lower: true,
  },
  late: {
    face: 'speed',
    unit: 'object',
    entry: ['feedback.received'],
    verbs: ['feedback.replied'],
    measure: 'hours',
    beyond: 24,
    lower: true,
  },
  resolve: {
    face: 'speed',
    unit: 'object',
    entry: ['feedback.received'],
    verbs: ['feedback.resolved'],
    measure: 'days',
    lower: true,
  },
  task: {
    face: 'hours',
    unit: 'object',
    entry: ['task.started'],
    verbs: ['task.ended'],
    measure: 'hours',
    lower: true,
  },
  idea: { face: 'idea', unit: 'object', entry: ['idea.sought'], verbs: ['idea.chosen'], measure: 'days', lower: true },
};

export const designs = ['staggered', 'random-teams', 'random-people', 'chosen', 'volunteers', 'before-after'] as const;
export type Design = (typeof designs)[number];

/** reaches is the strongest grade that a design can reach. */
export const reaches: Record<Design, 'A' | 'B' | 'C' | 'D'> = {
  'random-people': 'A',
  'random-teams': 'A',
  staggered: 'B',
  chosen: 'C',
  volunteers: 'C',
  'before-after': 'C',
};

/** A Draft is what the wizard has been told so far. */
export type Draft = {
  what: string;
  shovel: string;
  design: Design;
  dates: RollOut[];
  outcome: Outcome;
  line: number;
  since: string;
  until: string;
  definition: '' | 'contract' | 'payment' | 'revenue' | 'wage';
  perUnit: number | null;
  lo: number | null;
  hi: number | null;
  wages: number | null;
  external: number | null;
};

export type Gap = 'what' | 'dates' | 'window' | 'outside' | 'everybody' | 'line';

/** gaps are what is still missing or wrong, by step. */
export function gaps(draft: Draft, teams: number): Gap[] {
  const out: Gap[] = [];
  if (!draft.what.trim()) out.push('what');
  const dates = draft.dates.filter((d) => (d.team ?? '').trim() && d.since);
  if (dates.length === 0) out.push('dates');
  if (!draft.since || !draft.until || draft.since >= draft.until) out.push('window');
  else if (dates.some((d) => d.since <= draft.since || d.since >= draft.until)) out.push('outside');
  const together = new Set(dates.map((d) => d.since)).size === 1;
  if (dates.length > 0 && teams > 0 && dates.length >= teams && together && draft.design !== 'before-after')
    out.push('everybody');
  if (draft.outcome === 'reach' && !(draft.line > 0)) out.push('line');
  return out;
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 30);
}

const both = (make: (lang: 'zh' | 'en') => string): Text => ({ zh: make('zh'), en: make('en') });
const text = ([zh, en]: Pair): Text => ({ zh, en });

/** claimOf makes the claim that a draft describes; mark keeps its id apart from others. */
export function claimOf(draft: Draft, mark: string): Claim {
  const template = outcomes[draft.outcome];
  const what = draft.what.trim();
  const dates = draft.dates
    .filter((d) => (d.team ?? '').trim() && d.since)
    .map((d) => ({ team: d.team?.trim() ?? '', since: d.since, ...(d.until ? { until: d.until } : {}) }))
    .sort((a, b) => a.since.localeCompare(b.since) || a.team.localeCompare(b.team));
  const claim: Claim = {
    id: [slug(what) || 'rollout', draft.outcome, mark].filter(Boolean).join('-'),
    title: both((lang) => `${what} · ${translate(outcomeWords, lang)(draft.outcome)}`),
    question: both((lang) => translate(askWords, lang)(draft.outcome as 'won', { what })),
    face: template.face,
    unit: template.unit,
    cluster: 'team',
    window: { since: draft.since, until: draft.until },
    outcome: {
      verbs: template.verbs,
      measure: template.measure,
      ...(template.column ? { column: template.column } : {}),
      ...(template.beyond ? { beyond: template.beyond } : {}),
      ...(draft.outcome === 'reach' ? { line: draft.line } : {}),
      unit: text(outcomeUnitWords[draft.outcome]),
      ...(template.lower ? { lower: true } : {}),
    },
    exposure: { kind: 'dates', design: draft.design, dates },
    year: draft.until.slice(0, 4),
  };
  if (draft.shovel) claim.shovel = draft.shovel;
  claim.period = 'month';
  if (template.entry) claim.population = { entry: { verbs: template.entry } };
  if (draft.definition && draft.perUnit)
    claim.money = {
      definition: draft.definition,
      per_unit: draft.perUnit,
      ...(draft.lo ? { lo: draft.lo } : {}),
      ...(draft.hi ? { hi: draft.hi } : {}),
    };
  if (draft.wages || draft.external)
    claim.costs = {
      ...(draft.wages ? { wages: draft.wages } : {}),
      ...(draft.external ? { external: draft.external } : {}),
    };
  return claim;
}

/** windowOf is a window that fits the roll-outs: from half a year before the first, to now or half a year after the last. */
export function windowOf(dates: readonly RollOut[], today: string): { since: string; until: string } | undefined {
  const days = dates
    .map((d) => d.since)
    .filter(Boolean)
    .sort();
  const first = days[0];
  const last = days.at(-1);
  if (!first || !last) return undefined;
  const month = (day: string, add: number) => {
    const [year = 0, m = 1] = day.split('-').map(Number);
    return new Date(Date.UTC(year, m - 1 + add, 1)).toISOString().slice(0, 10);
  };
  const end = month(last, 7);
  const thisMonth = month(today, 0);
  return { since: month(first, -6), until: end < thisMonth || thisMonth <= last ? end : thisMonth };
}
