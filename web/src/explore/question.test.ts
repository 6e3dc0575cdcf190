import { describe, expect, it } from 'vitest';
import {
  asked,
  askedEvents,
  blank,
  type Question,
  readFilter,
  readQuestion,
  saved,
  writeFilter,
  writeQuestion,
} from './question';

const full: Question = {
  metric: 'deals.won',
  by: 'attr:客户:级别',
  by2: 'team',
  grain: 'week',
  since: '2026-01-01',
  until: '2026-12-01',
  where: [
    { dim: 'verb', op: 'eq', value: 'deal.won' },
    { dim: 'channel', op: 'in', value: '电话|邮件' },
    { dim: 'text', op: 'has', value: 'a:b&c=d +%' },
    { dim: 'team', op: 'notnull', value: '' },
  ],
  zone: 'Asia/Shanghai',
  chart: 'heatmap',
  view: 'table',
  spot: { t: '2026-03-01', a: null, b: '华东' },
  event: 'e1',
};

describe('the address of a question', () => {
  it.each([
    ['blank', blank],
    ['full', full],
    ['a spot without dimensions', { ...blank, spot: {} }],
    ['a spot of the empty text', { ...blank, by: 'team', spot: { a: '' } }],
  ])('%s comes back as it went', (_name, question) => {
    const again = readQuestion(new URLSearchParams(writeQuestion(question).toString()));
    expect(again).toEqual(question);
  });

  it('is short when nothing is chosen', () => {
    expect(writeQuestion(blank).toString()).toBe('');
  });

  it.each([
    'grain=fortnight',
    'chart=pie',
    'since=yesterday',
    'until=2026-1-1',
    'where=verb',
    'where=verb:like:x',
    'where=',
    'view=x',
  ])('takes %s for nothing', (query) => {
    expect(readQuestion(new URLSearchParams(query))).toEqual(blank);
  });

  it('is saved without what happened to be open', () => {
    expect(saved(full)).not.toMatch(/spot|event|[&?]t=/);
  });
});

describe('filters', () => {
  it.each([
    ['verb:eq:deal.won', { dim: 'verb', op: 'eq', value: 'deal.won' }],
    ['attr:城市:ne:上:海', { dim: 'attr:城市', op: 'ne', value: '上:海' }],
    ['attr:eq:eq:x', { dim: 'attr:eq', op: 'eq', value: 'x' }],
    ['team:null', { dim: 'team', op: 'null', value: '' }],
    ['text:has:', { dim: 'text', op: 'has', value: '' }],
  ] as const)('readFilter(%j)', (text, want) => {
    expect(readFilter(text)).toEqual(want);
    expect(writeFilter(want)).toBe(text);
  });
});

describe('what the server is asked', () => {
  it('leaves out filters without a value, and a second dimension without a first', () => {
    const q = {
      ...blank,
      metric: 'events',
      by2: 'team',
      where: [
        { dim: 'verb', op: 'eq' as const, value: '' },
        { dim: 'team', op: 'null' as const, value: '' },
      ],
    };
    expect(asked(q)).toMatchObject({ by2: '', where: ['team:null'] });
  });

  it('names the point', () => {
    expect(askedEvents(full)).toMatchObject({ t: '2026-03-01', a: '\\N', b: '华东' });
    expect(askedEvents({ ...full, spot: undefined })).not.toHaveProperty('t');
    expect(askedEvents({ ...full, spot: { t: '2026-03-01' } })).not.toHaveProperty('a');
  });
});
