import { Flex, Typography } from 'antd';
import { useFormat, useWords } from '../lang/LangProvider';
import { claimWords } from './claim.words';
import type { Claim, Result } from './claim';
import { type Cohort, cohorts, months, named } from './design';
import { placeDay } from './ledger';

const percent = (share: number) => `${(share * 100).toFixed(2)}%`;

/** Timeline draws who had it, and since when. */
export function Timeline({ claim, result }: { claim: Claim; result: Result | undefined | null }) {
  const t = useWords(claimWords);
  const format = useFormat();
  const { since, until } = claim.window;
  const groups = cohorts(claim, result);
  const mayName = named(claim);
  const ticks = months(since, until);
  const loaded = result?.about.loaded_until;
  const label = (g: Cohort) => {
    if (!mayName) return t('cohort', { n: g.n });
    const shown = g.names.slice(0, 4).join(', ');
    return g.n > 4 ? t('cohortMore', { names: shown, n: g.n }) : shown;
  };
  const when = (g: Cohort) =>
    !g.since
      ? t('never')
      : g.until
        ? t('fromTo', { since: format.date(g.since), until: format.date(g.until) })
        : t('from', { since: format.date(g.since) });
  if (groups.length === 0) return <Typography.Text type="secondary">{t('noTimeline')}</Typography.Text>;
  return (
    <div role="list" aria-label={t('timeline')}>
      {groups.slice(0, 14).map((g) => {
        const from = g.since ? placeDay(g.since, since, until) : 1;
        const to = g.until ? placeDay(g.until, since, until) : 1;
        return (
          <div role="listitem" key={`${g.since}${g.until}`} style={{ padding: '5px 0' }}>
            <Flex justify="space-between" gap={12} wrap style={{ fontSize: 13 }}>
              <span style={{ minWidth: 0, overflowWrap: 'anywhere' }}>{label(g)}</span>
              <Typography.Text type="secondary" style={{ fontSize: 12.5 }}>
                {when(g)}
              </Typography.Text>
            </Flex>
            <div
              aria-hidden
              style={{
                position: 'relative',
                height: 12,
                borderRadius: 6,
                background: 'var(--ant-color-fill-secondary)',
                overflow: 'hidden',
              }}
            >
              {g.since && (
                <div
                  style={{
                    position: 'absolute',
                    insetBlock: 0,
                    left: percent(from),
                    width: percent(Math.max(0.004, to - from)),
                    background: 'var(--ant-color-primary)',
                  }}
                />
              )}
            </div>
          </div>
        );
      })}
      {groups.length > 14 && (
        <Typography.Text type="secondary">{t('moreCohorts', { n: groups.length - 14 })}</Typography.Text>
      )}
      <div aria-hidden style={{ position: 'relative', height: 22, marginTop: 2 }}>
        {ticks.map((day) => (
          <span
            key={day}
            style={{
              position: 'absolute',
              left: percent(placeDay(day, since, until)),
              fontSize: 11.5,
              color: 'var(--ant-color-text-tertiary)',
              whiteSpace: 'nowrap',
              ...(placeDay(day, since, until) > 0.94 ? { transform: 'translateX(-100%)' } : {}),
            }}
          >
            {day.slice(0, 7)}
          </span>
        ))}
      </div>
      <Typography.Text type="secondary" style={{ fontSize: 12.5 }}>
        {t('windowIs', { since: format.date(since), until: format.date(until) })}
        {loaded && ` · ${t('loadedUntil', { day: format.date(loaded) })}`}
      </Typography.Text>
    </div>
  );
}
