import { Alert } from 'antd';
import { usePick, useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import type { useCheck } from './check';
import { mappingWords } from './words';

export function CheckLine({ check }: { check: ReturnType<typeof useCheck> }) {
  const t = useWords(mappingWords);
  const pick = usePick();
  if (check.error) return <Failure error={check.error} />;
  if (!check.data) return <Alert type="info" title={t('checking')} role="status" />;
  const errors = check.data.errors ?? [];
  if (check.data.ok) return <Alert type="success" showIcon title={t('fine')} role="status" />;
  return (
    <Alert
      type="error"
      showIcon
      role="status"
      title={t('wrong', { n: errors.length })}
      description={
        <ul style={{ margin: 0, paddingInlineStart: 18 }}>
          {errors.slice(0, 8).map((e, i) => (
            <li key={i}>
              {t('at', { line: e.line })}: {pick(e, 'message')}
            </li>
          ))}
        </ul>
      }
    />
  );
}
