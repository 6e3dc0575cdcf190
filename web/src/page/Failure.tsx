import { Alert, Button } from 'antd';
import { useCallback } from 'react';
import { Fault, Offline } from '../api/client';
import { useLang, useWords } from '../lang/LangProvider';
import { pageWords } from './words';

/** useFailure puts an error into one sentence for its reader: what, where, how to mend. */
export function useFailure() {
  const t = useWords(pageWords);
  const { lang } = useLang();
  return useCallback(
    (error: unknown): { text: string; detail?: string } => {
      if (error instanceof Offline) return { text: t('offline') };
      if (error instanceof Fault) {
        const own = lang === 'zh' ? error.zh : error.en;
        const plain = own === '' || own.startsWith('HTTP ');
        const list = error.errors
          .map((e) => [e.location, e.message].filter(Boolean).join(': '))
          .filter((line) => line && line !== own)
          .join('\n');
        const detail = list ? { detail: list } : {};
        if (error.status >= 500) return { text: plain ? t('ours') : own, ...detail };
        if (error.status === 403 && plain) return { text: t('denied') };
        if (error.status === 404 && plain) return { text: t('lost') };
        return { text: own, ...detail };
      }
      return { text: error instanceof Error ? error.message : String(error) };
    },
    [t, lang],
  );
}

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = useWords(pageWords);
  const { text, detail } = useFailure()(error);
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={text}
      description={detail && <span style={{ whiteSpace: 'pre-line' }}>{detail}</span>}
      action={
        retry && (
          <Button size="small" onClick={retry}>
            {t('retry')}
          </Button>
        )
      }
    />
  );
}
