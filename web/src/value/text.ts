import { useCallback } from 'react';
import { useLang } from '../lang/LangProvider';
import type { Text } from './claim';
import { said } from './unit';

/** useSaid reads a text that has both languages. */
export function useSaid() {
  const { lang } = useLang();
  return useCallback((text: Text | undefined | null) => said(text, lang), [lang]);
}
