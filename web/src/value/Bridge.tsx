import { Alert, Card, Tabs, theme } from 'antd';
import { useMemo } from 'react';
import { useLang, useWords } from '../lang/LangProvider';
import { plain } from '../explore/option';
import type { Bridge } from './claim';
import { waterfall } from './ledger';
import { Panel } from './Panel';
import { useSaid } from './text';
import { currency, range, show, signed } from './unit';
import { valueWords } from './words';

/** A bridge goes from last year's figure of finance to this year's. */
function BridgeChart({ bridge, code }: { bridge: Bridge; code: string }) {
  const t = useWords(valueWords);
  const said = useSaid();
  const { lang } = useLang();
  const { token } = theme.useToken();
  const unit = useMemo(() => currency(code), [code]);
  const steps = useMemo(() => bridge.steps ?? [], [bridge]);
  const falls = useMemo(() => waterfall(bridge), [bridge]);
  const names = useMemo(
    () =>
      falls.map((f) => {
        const step = steps[f.index];
        if (f.kind === 'before') return t('bridgeBefore');
        if (f.kind === 'after') return t('bridgeAfter');
        return (step && said(step.title)) || t(f.kind as 'explained');
      }),
    [falls, steps, said, t],
  );
  const levels = falls.flatMap((f) => (f.kind === 'before' || f.kind === 'after' ? [f.to] : [f.from, f.to]));
  const low = Math.min(...levels);
  const high = Math.max(...levels);
  const cut = low > 0 && high - low < 0.5 * high;
  const option = useMemo(() => {
    const tint: Record<string, string> = {
      before: token.colorTextQuaternary,
      after: token.colorPrimary,
      explained: token.colorSuccess,
      uncertain: token.colorWarning,
      rest: token.colorTextTertiary,
    };
    const floor = cut ? Math.max(0, low - 0.6 * (high - low)) : 0;
    return {
      grid: { left: 8, right: 16, top: 28, bottom: 8, containLabel: true },
      tooltip: {
        trigger: 'item',
        confine: true,
        formatter: (tip: { dataIndex: number }) => {
          const fall = falls[tip.dataIndex];
          const step = steps[fall?.index ?? -1];
          const value = fall ? show(fall.to - fall.from, unit, lang) : '';
          const around = step ? range(step.lo, step.hi, unit, lang) : '';
          return [plain(names[tip.dataIndex] ?? ''), `<b>${plain(value)}</b>`, plain(around)]
            .filter(Boolean)
            .join('<br/>');
        },
      },
      xAxis: { type: 'category', data: names, axisLabel: { interval: 0, width: 120, overflow: 'break' } },
      yAxis: { type: 'value', min: floor, axisLabel: { formatter: (n: number) => show(n, unit, lang) } },
      series: [
        {
          type: 'bar',
          stack: 'fall',
          silent: true,
          itemStyle: { color: 'transparent' },
          data: falls.map((f) => Math.min(f.from, f.to)),
        },
        {
          type: 'bar',
          stack: 'fall',
          barMaxWidth: 64,
          data: falls.map((f) => ({
            value: Math.abs(f.to - f.from),
            itemStyle: { color: tint[f.kind] ?? token.colorPrimary, borderRadius: 3 },
          })),
          label: {
            show: true,
            position: 'top',
            color: token.colorText,
            formatter: (tip: { dataIndex: number }) => {
              const fall = falls[tip.dataIndex];
              if (!fall) return '';
              return fall.kind === 'before' || fall.kind === 'after'
                ? show(fall.to, unit, lang)
                : signed(fall.to - fall.from, unit, lang);
            },
          },
        },
      ],
    };
  }, [falls, steps, names, unit, lang, token, cut, low, high]);
  return (
    <>
      <Panel
        name={`bridge-${bridge.definition}`}
        title={bridge.stat}
        about={
          <>
            {t('bridgeAbout', {
              before: show(bridge.before, unit, lang),
              after: show(bridge.after, unit, lang),
              growth: signed(bridge.growth, unit, lang),
            })}{' '}
            {said(bridge.note)}
            {cut && ` (${t('bridgeAxis')})`}
          </>
        }
        label={t('bridgeLabel', { n: steps.length })}
        option={option}
        header={[t('step'), t('amount'), t('lo'), t('hi'), t('grade')]}
        rows={falls.map((f, i) => {
          const step = steps[f.index];
          return [names[i] ?? '', step ? step.amount : f.to, step?.lo ?? null, step?.hi ?? null, step?.grade ?? ''];
        })}
        height={300}
      />
      {bridge.capped && <Alert type="warning" showIcon title={t('bridgeCapped')} style={{ marginTop: 12 }} />}
    </>
  );
}

/** BridgeCard reconciles the claims with finance's growth, in each of finance's definitions. */
export function BridgeCard({ bridges, code }: { bridges: Bridge[]; code: string }) {
  const t = useWords(valueWords);
  if (bridges.length === 0) return null;
  return (
    <Card title={t('bridgeTitle')} styles={{ body: { paddingTop: 8 } }}>
      <Tabs
        items={bridges.map((bridge) => ({
          key: `${bridge.definition}${bridge.stat}`,
          label: bridge.stat,
          children: <BridgeChart bridge={bridge} code={code} />,
        }))}
      />
    </Card>
  );
}
