import { type Lang, locale } from './words';

/** Format writes numbers, times and sizes as a language does. */
export type Format = ReturnType<typeof format>;

const dash = '–';

export function format(lang: Lang, now: () => number = Date.now) {
  const tag = locale(lang);
  const plain = new Intl.NumberFormat(tag, { maximumFractionDigits: 4 });
  const two = new Intl.NumberFormat(tag, { maximumFractionDigits: 2 });
  const short = new Intl.NumberFormat(tag, { notation: 'compact', maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(tag, { year: 'numeric', month: '2-digit', day: '2-digit' });
  const minute = new Intl.DateTimeFormat(tag, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  });
  const second = new Intl.DateTimeFormat(tag, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  });
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: 'auto' });

  const when = (f: Intl.DateTimeFormat, value: string | number | undefined | null) => {
    if (value === undefined || value === null || value === '') return dash;
    const date = new Date(value);
    return Number.isNaN(date.getTime()) ? String(value) : f.format(date);
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
      return lang === 'zh' ? `${minutes} 分 ${Math.round(n % 60)} 秒` : `${minutes} min ${Math.round(n % 60)} s`;
    },
  };
}
