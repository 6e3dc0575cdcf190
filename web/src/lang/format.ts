import { type Lang, locale, translate } from './words';
import { formatWords } from './format.words';

/** Format writes numbers, times and sizes as a language does. */
export type Format = ReturnType<typeof format>;

const dash = '–';

/** @param zone IANA zone that times are shown in: the company's; the browser's where none is known. */
export function format(lang: Lang, zone?: string, now: () => number = Date.now) {
  const tag = locale(lang);
  const plain = new Intl.NumberFormat(tag, { maximumFractionDigits: 4 });
  const two = new Intl.NumberFormat(tag, { maximumFractionDigits: 2 });
  const short = new Intl.NumberFormat(tag, { notation: 'compact', maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 1 });
  const parts: Intl.DateTimeFormatOptions = {
    ...(zone ? { timeZone: zone } : {}),
    year: 'numeric',
    month: lang === 'zh' ? '2-digit' : 'short',
    day: '2-digit',
  };
  const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  const day = new Intl.DateTimeFormat(tag, parts);
  const minute = new Intl.DateTimeFormat(tag, { ...parts, ...clock });
  const second = new Intl.DateTimeFormat(tag, { ...parts, ...clock, second: '2-digit' });
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: 'auto' });

  const when = (f: Intl.DateTimeFormat, value: string | number | undefined | null) => {
    if (value === undefined || value === null || value === '') return dash;
    const date = new Date(value);
    // 2026-11-22 as everywhere in Chinese back offices; 22 Nov 2026 in English, since 11/22 and 22/11 are both read.
    return Number.isNaN(date.getTime()) ? String(value) : f.format(date).replaceAll('/', '-').replace(',', '');
  };

  return {
    number: (n: number | undefined | null) => (n === undefined || n === null ? dash : plain.format(n)),
    /** For axes and tiles: 1.2万, 12K. */
    compact: (n: number | undefined | null) => (n === undefined || n === null ? dash : short.format(n)),
    decimal: (n: number | undefined | null) => (n === undefined || n === null ? dash : two.format(n)),
    share: (n: number | undefined | null) =>
      n === undefined || n === null || Number.isNaN(n) ? dash : percent.format(n),
    date: (value: string | number | undefined | null) => when(day, value),
    time: (value: string | number | undefined | null) => when(minute, value),
    exact: (value: string | number | undefined | null) => when(second, value),
    /** A time as finely as it is known: month, day, minute, second, ms. */
    known: (value: string | undefined | null, precision?: string) => {
      if (precision === 'month') return when(day, value).replace(/^(\d{4}-\d{2})-\d{2}$|^\d{2} /, '$1');
      if (precision === 'day') return when(day, value);
      return when(precision === 'minute' ? minute : second, value);
    },
    ago: (value: string | undefined | null) => {
      if (!value) return dash;
      const seconds = (new Date(value).getTime() - now()) / 1000;
      if (Number.isNaN(seconds)) return value;
      const steps: [Intl.RelativeTimeFormatUnit, number][] = [
        ['year', 31_557_600],
        ['month', 2_629_800],
        ['day', 86_400],
        ['hour', 3_600],
        ['minute', 60],
      ];
      for (const [unit, size] of steps)
        if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
      return relative.format(Math.round(seconds), 'second');
    },
    bytes: (n: number | undefined | null) => {
      if (n === undefined || n === null) return dash;
      const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
      let i = 0;
      let size = n;
      while (size >= 1024 && i < units.length - 1) {
        size /= 1024;
        i++;
      }
      return `${i === 0 ? size : size < 10 ? size.toFixed(1) : Math.round(size)} ${units[i] ?? ''}`;
    },
    seconds: (n: number | undefined | null) => {
      if (n === undefined || n === null) return dash;
      if (n < 1) return `${Math.max(1, Math.round(n * 1000))} ms`;
      if (n < 60) return `${n < 10 ? n.toFixed(1) : Math.round(n)} s`;
      const minutes = Math.floor(n / 60);
      return translate(formatWords, lang)('minutes', { m: minutes, s: Math.round(n % 60) });
    },
  };
}
