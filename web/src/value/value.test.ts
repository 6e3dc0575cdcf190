import { describe, expect, it } from 'vitest';
import type { Bridge, Claim, Figure, Finding, Item, Row, Text } from './claim';
import { cohorts, counterfactual, endOf, months } from './design';
import { diff } from './diff';
import { claimOf, type Draft, gaps, windowOf } from './draft';
import { arrange, hoursOf, matches, placeDay, scale, waterfall } from './ledger';
import { changeText, digits, figureText, range, show, unitOf } from './unit';
import { answer, judged } from './verdict';
import { teamsIn } from './workbook';

const text = (zh: string, en: string): Text => ({ zh, en });
const figure = (
  kind: string,
  value: number | null,
  lo: number | null,
  hi: number | null,
  unit = text('单', 'deals'),
): Figure => ({
  name: 'effect',
  title: text('效果', 'effect'),
  kind,
  value,
  lo,
  hi,
  se: null,
  p: null,
  unit,
});
const claim = (part: Partial<Claim> = {}): Claim => ({
  id: 'x',
  title: text('资料卡', 'Battlecards'),
  question: text('？', '?'),
  face: 'constant',
  unit: 'staff',
  window: { since: '2026-01-01', until: '2026-07-01' },
  outcome: {},
  exposure: { kind: 'dates', design: 'staggered' },
  ...part,
});
const finding = (part: Partial<Finding>): Finding => ({
  method: 'did',
  grade: 'B',
  figures: [],
  refusal: null,
  diagnostics: [],
  counts: { rows: 1, units: 1, treated: 1, control: 1, exposed: 1, clusters: 1, events: 1, left_out: 0, censored: 0 },
  command: '',
  ...part,
});
const item = (part: Partial<Finding> | undefined, own: Partial<Claim> = {}): Item =>
  ({
    id: own.id ?? 'x',
    state: 'run',
    version: { claim: claim(own), version: 1, yaml: '', hash: '', author: '', created: '', signs: [] },
    ...(part ? { result: { finding: finding(part), about: {} } } : {}),
  }) as unknown as Item;
const row = (part: Partial<Finding> | undefined, own: Partial<Claim> = {}, more: Partial<Row> = {}): Row => ({
  ...(item(part, own) as unknown as Row),
  q: 0.01,
  holds: true,
  counted: true,
  why: text('', ''),
  ...more,
});

describe('numbers as they are read', () => {
  it.each([
    [1234.5, '1,235'],
    [12.34, '12.3'],
    [0.5678, '0.57'],
    [-0.00123, '−0.0012'],
    [0, '0'],
    [-0.0000001, '0'],
  ])('digits(%d) = %s', (n, want) => {
    expect(digits(n)).toBe(want);
  });

  it.each([
    [0.125, text('占比', 'share'), 'zh', '12.5%'],
    [1_234_567, text('元', 'CNY'), 'zh', '123 万元'],
    [1_234_567, text('元', 'CNY'), 'en', 'CNY 1.23 m'],
    [3, text('小时', 'hours'), 'en', '3 hours'],
    [null, text('小时', 'hours'), 'zh', '–'],
  ] as const)('show(%s, %j, %s) = %s', (n, unit, lang, want) => {
    expect(show(n, unitOf(unit), lang)).toBe(want);
  });

  it('says the unit of an interval once, a difference of shares in points', () => {
    expect(range(1, 2, unitOf(text('小时', 'hours')), 'zh')).toBe('1 到 2 小时');
    expect(figureText(figure('absolute', 0.05, 0, 0.1, text('占比', 'share')), 'zh')).toBe('+5 个百分点');
    expect(figureText(figure('relative', 1.25, 1.1, 1.4), 'zh')).toBe('1.25 倍');
    expect(changeText(-3, unitOf(text('小时', 'hours')), 'zh')).toBe('减少 3 小时');
  });
});

describe('the verdict', () => {
  it.each([
    ['open', undefined, {}],
    ['refused', { refusal: { code: 'few', reason: text('太少', 'few'), mde: null, test: text('', '') } }, {}],
    ['volume', { grade: 'D', figures: [figure('level', 9, null, null)] }, {}],
    ['better', { figures: [figure('relative', 1.2, 1.1, 1.3)] }, {}],
    ['worse', { figures: [figure('absolute', 3, 1, 5)] }, { outcome: { lower: true } }],
    ['unclear', { figures: [figure('absolute', 1, -1, 3)] }, {}],
    ['refused', { figures: [figure('absolute', null, null, null)] }, {}],
  ] as const)('is %s', (want, part, own) => {
    expect(judged(item(part as Partial<Finding> | undefined, own as Partial<Claim>))).toBe(want);
  });

  it('is one sentence, and k times only for the constant', () => {
    const one = item({ figures: [figure('absolute', 0.4, 0.1, 0.7), figure('relative', 1.2, 1.05, 1.35)] });
    expect(answer(one, 'zh')).toBe(
      '同一个人，有铲子是没铲子的 1.2 倍（很可能在 1.05 到 1.35 倍之间），有把握地变好了。',
    );
    const hours = item(
      { figures: [figure('absolute', -2, -3, -1, text('小时', 'hours'))] },
      { face: 'hours', outcome: { lower: true } },
    );
    expect(answer(hours, 'en')).toBe('It is 2 hours less (very likely −3 to −1 hours); better, beyond chance.');
  });
});

describe('the ledger', () => {
  const good = row({ grade: 'A', figures: [figure('relative', 1.2, 1.1, 1.3)] }, { id: 'a' });
  const weak = row({ grade: 'C', figures: [figure('absolute', 1, -1, 3)] }, { id: 'b', face: 'floor' });
  it('keeps claims under their faces until it is sorted', () => {
    expect(arrange([good, weak], [], undefined).map((l) => l.key)).toEqual(['face:floor', 'b', 'face:constant', 'a']);
    expect(arrange([weak, good], [], { by: 'grade', down: false }).map((l) => l.key)).toEqual(['a', 'b']);
  });
  it('filters by what is shown', () => {
    expect(matches(good, { q: 'battle', face: '', grade: 'A', state: 'run' })).toBe(true);
    expect(matches(good, { q: '', face: 'floor', grade: '', state: '' })).toBe(false);
  });
  it('adds hours only of claims that hold and share no rows', () => {
    const saved = (id: string, n: number) => {
      const one = row(
        { grade: 'B', figures: [figure('absolute', -1, -1.3, -0.6, text('小时', 'hours'))] },
        { id, face: 'hours', outcome: { lower: true } },
      );
      if (one.result) one.result.finding.counts.exposed = n;
      return one;
    };
    const rows = [saved('a', 10), saved('b', 20), saved('c', 40), { ...saved('d', 99), holds: false }];
    const sum = hoursOf({ rows, overlap: [{ a: 'a', b: 'c', shared: 3, share: 0.5 }] }, () => 1);
    expect(sum?.claims).toEqual(['a', 'b']);
    expect(sum?.value).toBe(30);
    expect(sum?.lo).toBeCloseTo(30 - 0.4 * Math.sqrt(500), 9);
    expect(sum?.hi).toBeCloseTo(30 + 0.3 * Math.sqrt(500), 9);
    expect(hoursOf({ rows: [], overlap: [] }, () => 1)).toBeUndefined();
  });
  it('lays the bridge out from bar to bar', () => {
    const steps = [
      { kind: 'explained', amount: 30, lo: 10, hi: 50, title: text('', '') },
      { kind: 'rest', amount: -10, lo: null, hi: null, title: text('', '') },
    ];
    expect(waterfall({ before: 100, after: 120, steps } as unknown as Bridge).map((f) => [f.from, f.to])).toEqual([
      [0, 100],
      [100, 130],
      [130, 120],
      [0, 120],
    ]);
  });
  it('draws an interval about its null', () => {
    const at = scale(1.2, 1, 1.4, 1);
    expect([at.zero, at.lo, at.value > at.lo, at.hi]).toEqual([0.5, 0.5, true, 0.96]);
  });
});

describe('the design', () => {
  it('groups roll-outs by their day, those who never had it last', () => {
    const about = { first: { 东一: '2026-03-01', 东二: '2026-03-01', 西一: '', 南一: '2026-02-01' } };
    expect(cohorts(claim(), { about } as never).map((c) => [c.since, c.n])).toEqual([
      ['2026-02-01', 1],
      ['2026-03-01', 2],
      ['', 1],
    ]);
  });
  it('takes away the effect for the share that had it', () => {
    const point = (period: string) => ({ period, treated: 10, control: 8, n_treated: 9, n_control: 9 });
    const points = [point('2026-01'), point('2026-02'), point('2026-03')];
    expect(counterfactual(points, 4, ['2026-02-10', '2026-03-01', ''])).toEqual([null, 8, 6]);
    expect(counterfactual(points, null, ['2026-02-10'])).toEqual([null, null, null]);
  });
  it.each([
    ['2026-12', '2027-01-01'],
    ['2026Q2', '2026-07-01'],
    ['2026-03-02', '2026-03-09'],
    ['x', undefined],
  ])('endOf(%s) = %s', (period, want) => {
    expect(endOf(period)).toBe(want);
  });
  it('places days and months', () => {
    expect(placeDay('2026-04-01', '2026-01-01', '2026-07-01')).toBeCloseTo(0.497, 2);
    expect(months('2025-11-15', '2026-03-01')).toEqual(['2025-12-01', '2026-01-01', '2026-02-01']);
  });
});

describe('the wizard', () => {
  const draft: Draft = {
    what: '竞品资料卡',
    shovel: '',
    design: 'staggered',
    dates: [
      { team: '华东二组', since: '2026-05-01' },
      { team: '华东一组', since: '2026-05-01' },
      { team: '', since: '' },
    ],
    outcome: 'reach',
    line: 3,
    since: '2025-11-01',
    until: '2026-11-01',
    definition: 'contract',
    perUnit: 1000,
    lo: null,
    hi: null,
    wages: 5,
    external: null,
  };
  it('makes the claim that was described', () => {
    const made = claimOf(draft, 'k1');
    expect(made.id).toBe('rollout-reach-k1');
    expect(made.exposure.dates?.map((d) => d.team)).toEqual(['华东一组', '华东二组']);
    expect(made.outcome).toMatchObject({ measure: 'reached', line: 3, verbs: ['deal.won'] });
    expect(made.money).toEqual({ definition: 'contract', per_unit: 1000 });
    expect(made.costs).toEqual({ wages: 5 });
    expect(made.population).toBeUndefined();
    expect(claimOf({ ...draft, outcome: 'reply' }, '').population).toEqual({ entry: { verbs: ['feedback.received'] } });
  });
  it('says what is missing', () => {
    expect(gaps(draft, 10)).toEqual([]);
    expect(gaps(draft, 2)).toEqual(['everybody']);
    expect(gaps({ ...draft, what: ' ', dates: [], line: 0 }, 0)).toEqual(['what', 'dates', 'line']);
    expect(gaps({ ...draft, since: '2026-06-01' }, 9)).toEqual(['outside']);
  });
  it('proposes a window about the roll-outs', () => {
    expect(windowOf([{ since: '2026-05-10' }], '2026-11-22')).toEqual({ since: '2025-11-01', until: '2026-11-01' });
    expect(windowOf([], '2026-11-22')).toBeUndefined();
  });
  it('reads the teams of a work book', () => {
    expect(teamsIn({ teams: '华东一组、华东二组, 华北 ' })).toEqual(['华东一组', '华东二组', '华北']);
    expect(teamsIn(undefined)).toEqual([]);
  });
});

it('diff shows what went and what came', () => {
  expect(diff('a\nb\nc', 'a\nc\nd')).toEqual([
    { kind: 'same', text: 'a' },
    { kind: 'gone', text: 'b' },
    { kind: 'same', text: 'c' },
    { kind: 'new', text: 'd' },
  ]);
});
