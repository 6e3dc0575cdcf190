import { Badge, Tag, Tooltip } from 'antd';
import { useWords } from '../lang/LangProvider';
import type { Face, Grade, State } from './claim';
import type { Verdict } from './verdict';
import { valueWords } from './words';

const colors: Record<Grade, string> = { A: 'green', B: 'blue', C: 'gold', D: 'default' };

/** GradeTag is how strong the evidence is. */
export function GradeTag({ grade, long = false }: { grade: Grade | undefined; long?: boolean }) {
  const t = useWords(valueWords);
  if (!grade) return <span aria-label={t('noGrade')}>–</span>;
  return (
    <Tooltip title={t(`gradeHelp${grade}`)}>
      <Tag color={colors[grade]} style={{ marginInlineEnd: 0, fontWeight: 600 }} tabIndex={0}>
        {long ? `${grade} · ${t(`grade${grade}`)}` : grade}
      </Tag>
    </Tooltip>
  );
}

const badges: Record<State, 'success' | 'default' | 'processing' | 'warning' | 'error'> = {
  run: 'success',
  refused: 'warning',
  sealed: 'processing',
  draft: 'default',
  withdrawn: 'error',
};

export function StateBadge({ state }: { state: State }) {
  const t = useWords(valueWords);
  return <Badge status={badges[state]} text={t(`state_${state}`)} />;
}

export function FaceName({ face }: { face: Face }) {
  const t = useWords(valueWords);
  return <>{t(`face_${face}`)}</>;
}

export const tones: Record<Verdict, string> = {
  better: 'var(--ant-color-success)',
  worse: 'var(--ant-color-error)',
  unclear: 'var(--ant-color-text-tertiary)',
  volume: 'var(--ant-color-text-tertiary)',
  refused: 'var(--ant-color-warning)',
  open: 'var(--ant-color-text-tertiary)',
};
