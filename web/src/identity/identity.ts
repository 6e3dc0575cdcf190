import type { PairEvidence, WaterfallBar } from '../api/types';

export type Step = { name: string; level: string; from: number; to: number; bits: number; rare: number };

/** steps stacks a waterfall's bars: each begins where the one before ended; the last is the sum. */
export function steps(bars: WaterfallBar[]): Step[] {
  let at = 0;
  return bars.map((bar) => {
    const from = at;
    at += bar.bits + bar.rare;
    return { name: bar.name, level: bar.level, from, to: at, bits: bar.bits, rare: bar.rare };
  });
}

export const compared = ['name', 'phone', 'email', 'tax_no', 'address', 'city', 'title', 'company'] as const;
export type Compared = (typeof compared)[number];

export type Row = { field: Compared | 'key' | 'source'; a: string; b: string; same: boolean };

/** rows lays two records side by side; fields that neither has are left out. */
export function rows(pair: Pick<PairEvidence, 'parties'>): Row[] {
  const [a, b] = pair.parties;
  if (!a || !b) return [];
  const all: Row[] = [
    { field: 'source', a: a.source, b: b.source, same: a.source === b.source },
    { field: 'key', a: `${a.namespace} ${a.key}`, b: `${b.namespace} ${b.key}`, same: false },
    ...compared.map((field) => {
      const x = a[field] ?? '';
      const y = b[field] ?? '';
      return { field, a: x, b: y, same: x !== '' && x === y };
    }),
  ];
  return all.filter((row) => row.a.trim() !== '' || row.b.trim() !== '');
}
