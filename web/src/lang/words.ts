/** The two languages of the product. */
export type Lang = 'zh' | 'en';

/** One text in both languages, side by side so that neither can be forgotten: [中文, English]. */
export type Pair = readonly [zh: string, en: string];

export type Dict = Readonly<Record<string, Pair>>;

/** words declares a domain's dictionary. `{n}` is a value, `{n:row|rows}` chooses by whether it is 1. */
export function words<const D extends Dict>(dict: D): D {
  return dict;
}

type Head<P extends string> = P extends `${infer N}:${string}` ? N : P;
type Names<S extends string> = S extends `${string}{${infer P}}${infer Rest}` ? Head<P> | Names<Rest> : never;
type Values<P extends Pair> = Names<P[0] | P[1]>;

/** A translator of one dictionary; it asks for exactly the values that the text names. */
export type Translate<D extends Dict> = <K extends keyof D & string>(
  key: K,
  ...values: [Values<D[K]>] extends [never] ? [] : [Record<Values<D[K]>, string | number>]
) => string;

const locales: Record<Lang, string> = { zh: 'zh-CN', en: 'en-GB' };

export function locale(lang: Lang): string {
  return locales[lang];
}

/** fill puts values into a text; numbers are written as the language writes them. */
export function fill(text: string, lang: Lang, values: Record<string, string | number> = {}): string {
  return text.replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, many?: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (one !== undefined && many !== undefined) return value === 1 ? one : many;
    return typeof value === 'number' ? value.toLocaleString(locale(lang)) : value;
  });
}

export function translate<D extends Dict>(dict: D, lang: Lang): Translate<D> {
  return (key, ...values) => fill(dict[key]?.[lang === 'zh' ? 0 : 1] ?? key, lang, values[0]);
}

/** pick chooses between the two spellings that the server sends: `title` and `title_zh`. */
export function pick<F extends string>(
  lang: Lang,
  item: { readonly [K in F | `${F}_zh`]?: string | undefined } | undefined,
  field: F,
): string {
  if (!item) return '';
  const en = item[field] ?? '';
  const zh = item[`${field}_zh`] ?? '';
  return lang === 'zh' ? zh || en : en || zh;
}
