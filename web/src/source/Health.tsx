import { Badge, Tooltip } from 'antd';
import type { Source } from '../api/types';
import { usePick, useWords } from '../lang/LangProvider';
import { sourceWords } from './words';

const status = { ok: 'success', late: 'warning', failing: 'error', empty: 'default' } as const;

export function Health({ source }: { source: Pick<Source, 'health' | 'health_why' | 'health_why_zh'> }) {
  const t = useWords(sourceWords);
  const pick = usePick();
  return (
    <Tooltip title={pick(source, 'health_why')}>
      <Badge status={status[source.health]} text={t(source.health)} />
    </Tooltip>
  );
}
