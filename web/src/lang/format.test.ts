import { describe, expect, it } from 'vitest';
import { format } from './format';

const now = () => Date.parse('2026-11-22T12:00:00Z');
const zh = format('zh', 'Asia/Shanghai', now);
const en = format('en', 'Asia/Shanghai', now);

describe('format', () => {
  it.each([
    ['number', zh.number(1234567.5), '1,234,567.5'],
    ['compact zh', zh.compact(12345), '1.2万'],
    ['compact en', en.compact(12345), '12.3k'],
    ['nothing', zh.number(undefined), '–'],
    ['null', zh.share(null), '–'],
    ['share', zh.share(0.7131), '71.3%'],
    ['no number', en.share(Number.NaN), '–'],
    ['date in the company’s zone', zh.date('2026-02-28T16:00:00Z'), '2026-03-01'],
    ['date en', en.date('2026-02-28T16:00:00Z'), '01 Mar 2026'],
    ['time', zh.time('2026-11-22T00:05:00Z'), '2026-11-22 08:05'],
    ['time en', en.time('2026-11-22T16:05:00Z'), '23 Nov 2026 00:05'],
    ['known to the month', zh.known('2026-02-28T16:00:00Z', 'month'), '2026-03'],
    ['known to the month en', en.known('2026-02-28T16:00:00Z', 'month'), 'Mar 2026'],
    ['known to the second', zh.known('2026-11-22T00:05:09Z', 'second'), '2026-11-22 08:05:09'],
    ['not a date', zh.date('soon'), 'soon'],
    ['ago zh', zh.ago('2026-11-22T10:00:00Z'), '2小时前'],
    ['ago en', en.ago('2026-11-20T12:00:00Z'), '2 days ago'],
    ['bytes', en.bytes(1_572_864), '1.5 MiB'],
    ['few bytes', en.bytes(12), '12 B'],
    ['milliseconds', en.seconds(0.0123), '12 ms'],
    ['seconds', en.seconds(3.21), '3.2 s'],
    ['minutes', zh.seconds(125), '2 分 5 秒'],
  ])('%s', (_what, got, want) => {
    expect(got).toBe(want);
  });
});
