import { Badge } from 'antd';
import type { Batch } from '../api/types';
import { useWords } from '../lang/LangProvider';
import { batchWords } from './words';

export function BatchState({ state }: { state: Batch['state'] }) {
  const t = useWords(batchWords);
  if (state === 'rolled_back') return <Badge status="default" text={t('rolledBack')} />;
  if (state === 'superseded') return <Badge status="warning" text={t('superseded')} />;
  if (state === 'dry_run') return <Badge status="processing" text={t('dryRun')} />;
  return <Badge status="success" text={t('loadedState')} />;
}
