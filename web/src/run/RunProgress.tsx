import { Alert, Button, Flex, Progress, Typography } from 'antd';
import type { Run } from '../api/types';
import { useFormat, useLang, usePick, useWords } from '../lang/LangProvider';
import { over, share, useCancelRun, useResumeRun } from './run';
import { runWords } from './words';

const units = { rows: 'unitRows', files: 'unitFiles', events: 'unitEvents', batches: 'unitBatches' } as const;

/** RunProgress shows one run: how far it is, what it does now, how to stop it. */
export function RunProgress({ run, title, compact = false }: { run: Run; title?: string; compact?: boolean }) {
  const t = useWords(runWords);
  const pick = usePick();
  const { lang } = useLang();
  const format = useFormat();
  const cancel = useCancelRun();
  const resume = useResumeRun();
  const part = share(run);
  const name =
    title ?? [run.kind in runWords ? t(run.kind as 'import') : '', pick(run, 'title')].filter(Boolean).join(' · ');
  const unit = run.unit;
  const unitName = unit in units ? t(units[unit as keyof typeof units]) : '';
  const count = (n: number) => (unit === 'bytes' ? format.bytes(n) : format.number(n));
  const amount =
    run.total > 0
      ? t('of', { done: count(run.done), total: count(run.total), unit: unitName })
      : run.done > 0
        ? t('so', { done: count(run.done), unit: unitName })
        : '';
  return (
    <Flex vertical gap={4}>
      <Flex justify="space-between" align="center" gap={12}>
        <Typography.Text strong={!compact} style={{ minWidth: 0 }} ellipsis={{ tooltip: name }}>
          {name}
        </Typography.Text>
        {!over(run) && (
          <Button
            size="small"
            disabled={cancel.isPending}
            onClick={() => {
              cancel.mutate(run.id);
            }}
          >
            {cancel.isPending ? t('cancelling') : t('cancel')}
          </Button>
        )}
        {run.resume && over(run) && run.state !== 'done' && (
          <Button
            size="small"
            loading={resume.isPending}
            onClick={() => {
              resume.mutate(run.id);
            }}
          >
            {t('resume')}
          </Button>
        )}
      </Flex>
      <Progress
        percent={part === undefined ? 100 : Math.floor(part * 100)}
        showInfo={part !== undefined}
        status={
          run.state === 'failed' ? 'exception' : run.state === 'done' ? 'success' : over(run) ? 'normal' : 'active'
        }
        size="small"
        aria-label={t('progress', { title: name })}
      />
      <Typography.Text type="secondary" style={{ fontSize: 12.5 }} role="status">
        {[t(run.state), pick(run, 'what'), amount].filter(Boolean).join(' · ')}
      </Typography.Text>
      {run.error && <Alert type="error" showIcon title={lang === 'zh' ? run.error.zh || run.error.en : run.error.en} />}
    </Flex>
  );
}
