import type { Lang } from '../lang/words';
import type { PortraitTrait, TraitNow, TraitView } from '../api/types';

/** labelOf is the word of a trait in the reader's language; what a source wrote itself stays. */
export function labelOf(trait: Pick<TraitView, 'values'>, word: string, lang: Lang): string {
  const known = trait.values.find((v) => v.value === word);
  return known ? (lang === 'zh' ? known.title_zh : known.title) : word;
}

/** of finds one trait among those of a list's item. */
export function of(traits: TraitNow[], name: string): TraitNow | undefined {
  return traits.find((t) => t.trait === name);
}

/** colours of the words that mean good or bad; others have none. */
export const colours: Record<string, string> = {
  active: 'green',
  new: 'cyan',
  prospect: 'blue',
  lead: 'default',
  dormant: 'orange',
  lost: 'red',
  good: 'green',
  watch: 'orange',
  risk: 'red',
};

/** line makes the points of a sparkline, width by height, from a trait's history; none where there are fewer than two numbers. */
export function line(history: TraitNow[], width: number, height: number): string {
  const points = history.flatMap((h, i) => (h.number === null ? [] : [{ x: i, y: h.number }]));
  if (points.length < 2) return '';
  const ys = points.map((p) => p.y);
  const low = Math.min(...ys);
  const span = Math.max(...ys) - low || 1;
  const last = Math.max(history.length - 1, 1);
  return points
    .map((p) => `${((p.x / last) * width).toFixed(1)},${(height - ((p.y - low) / span) * height).toFixed(1)}`)
    .join(' ');
}

/** byDay groups what is sorted by time under its day. */
export function byDay<T>(items: T[], day: (item: T) => string): { day: string; items: T[] }[] {
  const groups: { day: string; items: T[] }[] = [];
  for (const item of items) {
    const d = day(item);
    const last = groups.at(-1);
    if (last?.day === d) last.items.push(item);
    else groups.push({ day: d, items: [item] });
  }
  return groups;
}

/** hasValue reports whether a portrait says anything of a trait. */
export const hasValue = (trait: PortraitTrait) => trait.number !== null || Boolean(trait.text);
