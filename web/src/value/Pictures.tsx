import { Alert, Card, Flex, Table, theme, Typography } from 'antd';
import { useMemo } from 'react';
import { useLang, useWords } from '../lang/LangProvider';
import { bandOption, barsOption, eventFigures, quantiles, seriesOption } from './charts';
import { claimWords } from './claim.words';
import type { Balance, Item } from './claim';
import { cohorts, counterfactual } from './design';
import { Panel } from './Panel';
import { useSaid } from './text';
import { dash, digits, isNumber, show, unitOf, unitOfFigure } from './unit';
import { headline } from './verdict';

function BalanceTable({ balance }: { balance: Balance[] }) {
  const t = useWords(claimWords);
  const n = (v: number | null) => (isNumber(v) ? digits(v) : dash);
  return (
    <section aria-label={t('balanceTitle')}>
      <Typography.Text strong>{t('balanceTitle')}</Typography.Text>
      <Typography.Text type="secondary" style={{ display: 'block', fontSize: 13, marginBottom: 8 }}>
        {t('balanceAbout')}
      </Typography.Text>
      <Table<Balance>
        size="small"
        rowKey="name"
        dataSource={balance}
        pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }}
        scroll={{ x: 460 }}
        columns={[
          { title: t('covariate'), dataIndex: 'name' },
          { title: t('treated'), dataIndex: 'treated', align: 'end', render: n },
          { title: t('control'), dataIndex: 'control', align: 'end', render: n },
          {
            title: t('smd'),
            dataIndex: 'smd',
            align: 'end',
            sorter: (a, b) => Math.abs(a.smd ?? 0) - Math.abs(b.smd ?? 0),
            render: (v: number | null) => (
              <span
                style={
                  isNumber(v) && Math.abs(v) > 0.25
                    ? { color: 'var(--ant-color-error)', fontWeight: 600 }
                    : isNumber(v) && Math.abs(v) > 0.1
                      ? { color: 'var(--ant-color-warning)' }
                      : {}
                }
              >
                {n(v)}
              </span>
            ),
          },
        ]}
      />
    </section>
  );
}

/** Pictures: before and after, by period with the counterfactual, by time since the start, by quantile, balance. */
export function Pictures({ item }: { item: Item }) {
  const t = useWords(claimWords);
  const said = useSaid();
  const { lang } = useLang();
  const { token } = theme.useToken();
  const finding = item.result?.finding;
  const figure = headline(finding);
  const parts = useMemo(() => {
    if (!finding || !item.result) return undefined;
    const level = unitOf(figure?.unit ?? item.version.claim.outcome.unit);
    const change = figure
      ? unitOfFigure({ ...figure, kind: figure.kind === 'relative' ? 'absolute' : figure.kind })
      : level;
    const look = (unit: typeof level) => ({
      write: (n: number | null) => show(n, unit, lang),
      quiet: token.colorTextQuaternary,
      strong: token.colorPrimary,
      good: token.colorSuccess,
      text: token.colorText,
    });
    const bars = (finding.bars ?? []).filter((b) => b.n > 0);
    const points = finding.series ?? [];
    const times = finding.event_times ?? [];
    const taus = quantiles(finding.figures ?? []);
    const groups = cohorts(item.version.claim, item.result);
    const starts = groups.flatMap((g) => g.names.map(() => g.since));
    const absolute = figure?.kind === 'absolute' && !finding.refusal ? figure.value : null;
    const would = counterfactual(points, absolute, starts);
    return {
      level,
      change,
      bars,
      points,
      times,
      taus,
      would,
      barsOption: barsOption(
        bars,
        { treated: t('treated'), control: t('control'), before: t('before'), after: t('after') },
        look(level),
      ),
      seriesOption: seriesOption(
        points,
        would,
        { treated: t('treated'), control: t('control'), would: t('would') },
        look(level),
      ),
      eventOption: bandOption(
        times.map((e) => (e.e > 0 ? `+${e.e}` : String(e.e))),
        eventFigures(times),
        0,
        { effect: t('effect'), band: t('band'), zero: '0' },
        look(change),
      ),
      quantOption: bandOption(
        taus.map((q) => `P${digits(q.tau * 100)}`),
        taus.map((q) => q.figure),
        0,
        { effect: t('effect'), band: t('band'), zero: '0' },
        look(taus[0] ? unitOfFigure(taus[0].figure) : change),
      ),
    };
  }, [finding, figure, item, t, lang, token]);
  if (!parts || !finding) return null;
  const { bars, points, times, taus, would } = parts;
  const balance = finding.balance ?? [];
  const id = item.id;
  const shownBars = bars.some((b) => isNumber(b.mean));
  if (
    !shownBars &&
    points.length < 2 &&
    times.length === 0 &&
    taus.length < 2 &&
    balance.length === 0 &&
    !finding.small
  )
    return null;
  const spans = bars.map(
    (b) => `${t(b.group as 'treated')} · ${t(b.when as 'before')}: n = ${b.n}, ${b.since} – ${b.until}`,
  );
  return (
    <Card>
      <Flex vertical gap={28}>
        {finding.small && <Alert type="info" showIcon title={t('hidden')} />}
        {shownBars && (
          <Panel
            name={`${id}-bars`}
            title={t('barsTitle')}
            about={
              <>
                {t('barsAbout')}
                {spans.map((line) => (
                  <span key={line} style={{ display: 'block' }} className="numbers">
                    {line}
                  </span>
                ))}
              </>
            }
            label={t('barsLabel')}
            option={parts.barsOption}
            height={240}
            header={[t('group'), t('when'), t('mean'), 'n', t('since'), t('until')]}
            rows={bars.map((b) => [
              t(b.group as 'treated'),
              t(b.when as 'before'),
              isNumber(b.mean) ? show(b.mean, parts.level, lang) : null,
              b.n,
              b.since,
              b.until,
            ])}
          />
        )}
        {points.length > 1 && (
          <Panel
            name={`${id}-series`}
            title={t('seriesTitle')}
            about={would.some(isNumber) ? t('seriesAbout') : said(item.version.claim.title)}
            label={t('seriesLabel', { n: points.length })}
            option={parts.seriesOption}
            header={[t('period'), t('treated'), t('would'), t('control'), `n ${t('treated')}`, `n ${t('control')}`]}
            rows={points.map((p, i) => [p.period, p.treated, would[i] ?? null, p.control, p.n_treated, p.n_control])}
          />
        )}
        {times.length > 1 && (
          <Panel
            name={`${id}-event-time`}
            title={t('eventTitle')}
            about={t('eventAbout')}
            label={t('eventLabel')}
            option={parts.eventOption}
            header={[t('eventTime'), t('effect'), t('lo'), t('hi')]}
            rows={times.map((e) => [e.e, e.effect, e.lo, e.hi])}
          />
        )}
        {taus.length > 1 && (
          <Panel
            name={`${id}-quantiles`}
            title={t('quantTitle')}
            about={t('quantAbout')}
            label={t('quantLabel')}
            option={parts.quantOption}
            header={[t('quantile'), t('effect'), t('lo'), t('hi')]}
            rows={taus.map((q) => [`P${digits(q.tau * 100)}`, q.figure.value, q.figure.lo, q.figure.hi])}
          />
        )}
        {balance.length > 0 && <BalanceTable balance={balance} />}
      </Flex>
    </Card>
  );
}
