import { useCallback } from 'react';
import { useLang } from '../lang/LangProvider';
import type { Dict, Lang } from '../lang/words';
import { objectWords, partyKindWords, verbWords } from './glossary';

/** term gives a word of the glossary in the reader's language; what a company added itself stays as it is. */
export function term(dict: Dict, word: string, lang: Lang): string {
  return Object.hasOwn(dict, word) ? (dict[word]?.[lang === 'zh' ? 0 : 1] ?? word) : word;
}

/** useTerm names the values of the dimensions that hold words of the glossary. */
export function useTerm() {
  const { lang } = useLang();
  return useCallback(
    (dimension: string, value: string): string => {
      if (dimension === 'verb') return term(verbWords, value, lang);
      if (dimension === 'kind') return term(partyKindWords, value, lang);
      if (dimension === 'object_kind') return term(objectWords, value, lang);
      return value;
    },
    [lang],
  );
}
