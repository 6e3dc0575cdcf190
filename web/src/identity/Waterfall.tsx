import { theme, Typography } from 'antd';
import type { WaterfallBar } from '../api/types';
import { LazyChart } from '../chart/LazyChart';
import { useFormat, useWords } from '../lang/LangProvider';
import { compared, steps } from './identity';
import { identityWords } from './words';

/** useField names a comparison: the fields that we know, and what settings call others. */
export function useField() {
  const t = useWords(identityWords);
  return (name: string) => {
    if (name === 'prior') return t('prior');
    const known = compared.find((c) => c === name);
    return known ? t(`f_${known}`) : name;
  };
}

/** Waterfall shows how a pair's weight comes about; its bars sum to the weight. */
export function Waterfall({ bars, weight }: { bars: WaterfallBar[]; weight: number }) {
  const t = useWords(identityWords);
  const format = useFormat();
  const field = useField();
  const { token } = theme.useToken();
  const all = steps(bars);
  const names = [...all.map((s) => field(s.name)), t('total')];
  const spans = [
    ...all.map((s) => ({ from: s.from, to: s.to, colour: s.to >= s.from ? token.colorSuccess : token.colorError })),
    { from: 0, to: weight, colour: token.colorPrimary },
  ];
  const low = spans.map((s) => Math.min(s.from, s.to));
  return (
    <>
      <LazyChart
        height={240}
        label={`${t('waterfall')}: ${all.map((s) => `${field(s.name)} ${format.decimal(s.to - s.from)}`).join(', ')}; ${t('total')} ${format.decimal(weight)}`}
        option={{
          grid: { left: 44, right: 12, top: 12, bottom: 52 },
          xAxis: { type: 'category', data: names, axisLabel: { interval: 0, rotate: names.length > 7 ? 30 : 0 } },
          yAxis: { type: 'value' },
          tooltip: {
            trigger: 'axis',
            axisPointer: { type: 'shadow' },
            formatter: (hits: { dataIndex: number }[]) => {
              const i = hits[0]?.dataIndex ?? 0;
              const s = all[i];
              if (!s) return `${t('total')} <b>${format.decimal(weight)}</b>`;
              const rare = s.rare ? `<br/>${t('rare')} ${format.decimal(s.rare)}` : '';
              return `${names[i] ?? ''}<br/>${s.level.replaceAll('<', '&lt;')} <b>${format.decimal(s.bits)}</b>${rare}`;
            },
          },
          series: [
            {
              type: 'bar',
              stack: 'w',
              silent: true,
              itemStyle: { color: 'transparent' },
              data: spans.map((s, i) =>
                s.from < 0 === s.to < 0 || s.from === 0 ? (s.from >= 0 ? (low[i] ?? 0) : Math.max(s.from, s.to)) : 0,
              ),
            },
            ...(['up', 'down'] as const).map((way) => ({
              type: 'bar',
              stack: 'w',
              data: spans.map((s) => {
                const a = Math.min(s.from, s.to);
                const b = Math.max(s.from, s.to);
                const value = way === 'up' ? Math.max(b, 0) - Math.max(a, 0) : Math.min(a, 0) - Math.min(b, 0);
                return { value, itemStyle: { color: s.colour } };
              }),
            })),
          ],
        }}
      />
      <Typography.Text type="secondary" style={{ fontSize: 12 }}>
        {t('waterfallHelp')}
      </Typography.Text>
    </>
  );
}
