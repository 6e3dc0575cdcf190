import { ThunderboltOutlined } from '../page/icons';
import { App, Badge, Button, Flex, Popover, Tooltip } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import type { Batch, Run } from '../api/types';
import { useLang, usePick, useWords } from '../lang/LangProvider';
import { Nothing } from '../page/Nothing';
import { over, useRun, useRuns } from './run';
import { RunProgress } from './RunProgress';
import { runWords } from './words';

/** where leads from a run's result to its page. */
function where(run: Run): string | undefined {
  if (run.state !== 'done') return undefined;
  const batches = (run.result as { batches?: Batch[] } | undefined)?.batches;
  const first = batches?.[0];
  if (run.kind === 'import' && batches && first?.id)
    return batches.length === 1 ? `/batches/${first.id}` : `/sources/${first.source}`;
  return undefined;
}

function Line({ id, initial }: { id: string; initial: Run }) {
  const t = useWords(runWords);
  const { data } = useRun(over(initial) ? undefined : id);
  const run = data ?? initial;
  const link = where(run);
  return (
    <li style={{ padding: '10px 0' }}>
      <RunProgress run={run} compact />
      {link && <Link to={link}>{t('result')}</Link>}
    </li>
  );
}

/** RunTray is the header's list of long work: what runs now, and what it came to. */
export function RunTray() {
  const t = useWords(runWords);
  const { lang } = useLang();
  const pick = usePick();
  const { notification } = App.useApp();
  const [open, setOpen] = useState(false);
  const { data: runs = [] } = useRuns();
  const busy = runs.filter((run) => !over(run)).length;

  const seen = useRef<Map<string, boolean>>(new Map());
  useEffect(() => {
    for (const run of runs) {
      if (seen.current.get(run.id) === false && over(run) && run.kind !== 'inspect' && run.kind !== 'explore') {
        if (run.state === 'done')
          notification.success({ title: t('finished', { title: pick(run, 'title') }), duration: 4 });
        if (run.state === 'failed')
          notification.error({
            title: t('broke', { title: pick(run, 'title') }),
            description: lang === 'zh' ? run.error?.zh : run.error?.en,
          });
      }
      seen.current.set(run.id, over(run));
    }
  }, [runs, notification, lang, pick, t]);

  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomRight"
      title={t('tray')}
      content={
        runs.length === 0 ? (
          <Nothing title={t('none')} about={t('noneHelp')} />
        ) : (
          <Flex
            component="ul"
            vertical
            style={{ width: 360, maxHeight: '60vh', overflow: 'auto', margin: 0, padding: 0, listStyle: 'none' }}
          >
            {runs.map((run) => (
              <Line key={run.id} id={run.id} initial={run} />
            ))}
          </Flex>
        )
      }
    >
      <Tooltip title={open ? '' : t('tray')}>
        <Badge count={busy} size="small" offset={[-6, 6]}>
          <Button
            type="text"
            icon={<ThunderboltOutlined />}
            aria-label={busy > 0 ? t('trayBusy', { n: busy }) : t('tray')}
          />
        </Badge>
      </Tooltip>
    </Popover>
  );
}
