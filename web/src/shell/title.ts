import { useEffect } from 'react';
import { useWords } from '../lang/LangProvider';
import { sessionWords } from '../session/words';

/** useTitle names the page in the browser's tab. */
export function useTitle(title: string | undefined) {
  const product = useWords(sessionWords)('product');
  useEffect(() => {
    document.title = title ? `${title} · ${product}` : product;
  }, [title, product]);
}
