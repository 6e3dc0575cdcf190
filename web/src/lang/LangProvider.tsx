import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { type Format, format } from './format';
import { type Dict, type Lang, pick, type Translate, translate } from './words';

type Value = { lang: Lang; setLang: (lang: Lang) => void; setZone: (zone: string) => void; format: Format };

const Context = createContext<Value | null>(null);
const key = 'outfitter.lang';

function first(): Lang {
  const kept = localStorage.getItem(key);
  if (kept === 'zh' || kept === 'en') return kept;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export function LangProvider({ children }: { children: ReactNode }) {
  const [lang, set] = useState<Lang>(first);
  const [zone, setZone] = useState<string>();
  const setLang = useCallback((next: Lang) => {
    localStorage.setItem(key, next);
    set(next);
  }, []);
  useEffect(() => {
    document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
    dayjs.locale(lang === 'zh' ? 'zh-cn' : 'en');
  }, [lang]);
  const value = useMemo(() => ({ lang, setLang, setZone, format: format(lang, zone) }), [lang, setLang, zone]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useLang(): Value {
  const value = useContext(Context);
  if (!value) throw new Error('lang: used outside its provider');
  return value;
}

export function useFormat(): Format {
  return useLang().format;
}

/** useWords gives a domain's texts in the reader's language. */
export function useWords<D extends Dict>(dict: D): Translate<D> {
  const { lang } = useLang();
  return useMemo(() => translate(dict, lang), [dict, lang]);
}

/** usePick chooses between `field` and `field_zh` of what the server sent. */
export function usePick() {
  const { lang } = useLang();
  return useCallback(
    <F extends string>(item: { readonly [K in F | `${F}_zh`]?: string | undefined } | undefined, field: F) =>
      pick(lang, item, field),
    [lang],
  );
}
