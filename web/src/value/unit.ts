import { type Lang, translate } from '../lang/words';
import type { Figure, Num, Text } from './claim';
import { currencyWords, scaleWords, unitAliasWords, unitWords } from './unit.words';

/** A Unit is what a number counts, and how it is written. */
export type Unit = { form: 'count' | 'share' | 'points' | 'time' | 'times' | 'money' | 'words'; words: Text };

export const dash = '–';
const none: Text = { zh: '', en: '' };
export const count: Unit = { form: 'count', words: none };
export const points: Unit = { form: 'points', words: none };
export const times: Unit = { form: 'times', words: none };

const text = ([zh, en]: readonly [string, string]): Text => ({ zh, en });

export function said(words: Text | undefined | null, lang: Lang): string {
  if (!words) return '';
  return lang === 'zh' ? words.zh || words.en : words.en || words.zh;
}

/** currency is the unit of an amount of money; CNY where none is named. */
export function currency(code: string | undefined): Unit {
  const key = (code || 'CNY') as keyof typeof currencyWords;
  const pair = currencyWords[key];
  return { form: 'money', words: pair ? text(pair) : { zh: key, en: key } };
}

/** unitOf is the unit that a claim's words name; unknown words stand behind the number. */
export function unitOf(words: Text | undefined | null): Unit {
  const zh = words?.zh.trim() ?? '';
  const en = words?.en.trim().toLowerCase() ?? '';
  if (!zh && !en) return count;
  if (zh === '%' || en === '%') return { form: 'share', words: none };
  const is = (pair: readonly [string, string]) => (zh && pair[0] === zh) || (en && pair[1].toLowerCase() === en);
  for (const key of ['minutes', 'hours', 'days'] as const)
    if (is(unitWords[key]) || is(unitAliasWords[key])) return { form: 'time', words: text(unitWords[key]) };
  if (is(unitAliasWords.times)) return times;
  // 下单占比, share who buy: whatever it is a share of.
  if (
    is(unitAliasWords.share) ||
    is(unitAliasWords.share2) ||
    zh.endsWith(unitAliasWords.share[0]) ||
    /^share\b/.test(en)
  )
    return { form: 'share', words: none };
  for (const [code, pair] of Object.entries(currencyWords)) if (is(pair)) return currency(code);
  if (is(unitAliasWords.money2)) return currency('CNY');
  return { form: 'words', words: { zh: zh || en, en: words?.en || zh } };
}

/** unitOfFigure: a relative figure is a ratio whatever it is of; a difference of shares is in points. */
export function unitOfFigure(figure: Pick<Figure, 'kind' | 'unit'>): Unit {
  if (figure.kind === 'relative') return times;
  const unit = unitOf(figure.unit);
  return unit.form === 'share' && figure.kind !== 'level' ? points : unit;
}

/** digits keeps three significant digits, and all of a whole number; the minus is the typographer's. */
export function digits(value: number): string {
  const a = Math.abs(value);
  let places = 0;
  if (a === Math.trunc(a) || a >= 100) places = 0;
  else if (a >= 10) places = 1;
  else if (a >= 0.1) places = 2;
  else if (a > 0) places = Math.min(6, 1 - Math.floor(Math.log10(a)));
  const written = new Intl.NumberFormat('en-GB', { maximumFractionDigits: places }).format(a);
  return value < 0 && /[1-9]/.test(written) ? `−${written}` : written;
}

function money(value: number, unit: Unit, lang: Lang): string {
  const a = Math.abs(value);
  const sign = value < 0 ? '−' : '';
  if (lang === 'zh') {
    const t = translate(scaleWords, 'zh');
    const n =
      a >= 1e8 ? t('yi', { n: digits(a / 1e8) }) : a >= 1e4 ? t('wan', { n: digits(a / 1e4) }) : `${digits(a)} `;
    return `${sign}${n}${unit.words.zh}`;
  }
  const n =
    a >= 1e9
      ? `${digits(a / 1e9)} bn`
      : a >= 1e6
        ? `${digits(a / 1e6)} m`
        : a >= 1e4
          ? `${digits(a / 1e3)} k`
          : digits(a);
  return `${sign}${unit.words.en} ${n}`;
}

export function isNumber(value: Num | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** show writes a number with its unit. */
export function show(value: Num | undefined, unit: Unit, lang: Lang): string {
  if (!isNumber(value)) return dash;
  const t = translate(scaleWords, lang);
  switch (unit.form) {
    case 'share':
      return `${digits(100 * value)}%`;
    case 'points':
      return t('points', { n: digits(100 * value) });
    case 'times':
      return t('times', { n: digits(value) });
    case 'money':
      return money(value, unit, lang);
    case 'time':
    case 'words':
      return `${digits(value)} ${said(unit.words, lang)}`;
    case 'count':
      return digits(value);
  }
}

export function signed(value: Num | undefined, unit: Unit, lang: Lang): string {
  return (isNumber(value) && value > 0 ? '+' : '') + show(value, unit, lang);
}

/** range writes an interval; empty where there is none. */
export function range(lo: Num | undefined, hi: Num | undefined, unit: Unit, lang: Lang): string {
  if (!isNumber(lo) || !isNumber(hi)) return '';
  let a = show(lo, unit, lang);
  const b = show(hi, unit, lang);
  // The unit that both ends share is said once.
  for (const tail of [
    ` ${said(unit.words, lang)}`,
    '%',
    '×',
    translate(scaleWords, lang)('times', { n: '' }),
    translate(scaleWords, lang)('points', { n: '' }),
  ])
    if (unit.form !== 'money' && tail.trim() && a.endsWith(tail) && b.endsWith(tail)) {
      a = a.slice(0, -tail.length);
      break;
    }
  return translate(scaleWords, lang)('range', { lo: a, hi: b });
}

/** figureText is a figure as it is read: effects carry their sign. */
export function figureText(figure: Figure | undefined, lang: Lang): string {
  if (!figure) return dash;
  const unit = unitOfFigure(figure);
  return figure.kind === 'absolute' || figure.kind === 'quantile'
    ? signed(figure.value, unit, lang)
    : show(figure.value, unit, lang);
}

export function figureRange(figure: Figure | undefined, lang: Lang): string {
  return figure ? range(figure.lo, figure.hi, unitOfFigure(figure), lang) : '';
}

/** changeText is a difference as people say it: 减少 3 小时. */
export function changeText(value: Num | undefined, unit: Unit, lang: Lang): string {
  if (!isNumber(value)) return dash;
  const t = translate(scaleWords, lang);
  if (value === 0) return t('same');
  return t(value < 0 ? 'less' : 'more', { n: show(Math.abs(value), unit, lang) });
}

/** pText is a P value. */
export function pText(p: Num | undefined): string {
  if (!isNumber(p)) return dash;
  return p < 0.001 ? '< 0.001' : digits(Math.round(p * 1000) / 1000);
}
