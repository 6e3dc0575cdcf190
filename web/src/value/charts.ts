import type { Option } from '../chart/Chart';
import { plain } from '../explore/option';
import type { Bar, EventTime, Figure, SeriesPoint } from './claim';
import { isNumber } from './unit';

type Look = { write: (n: number | null) => string; quiet: string; strong: string; good: string; text: string };

const grid = { left: 8, right: 16, top: 36, bottom: 8, containLabel: true };
const legend = { top: 0, left: 0, icon: 'roundRect', itemWidth: 10, itemHeight: 10 };

type Tip = { marker: string; seriesName: string; value: number | null; axisValue: string };

function tooltip(write: Look['write'], skip = '') {
  return {
    trigger: 'axis',
    confine: true,
    formatter: (tips: Tip[]) =>
      [
        plain(tips[0]?.axisValue ?? ''),
        ...tips
          .filter((tip) => tip.seriesName !== skip && isNumber(tip.value))
          .map(
            (tip) => `${tip.marker}${plain(tip.seriesName)} <b style="margin-left:8px">${plain(write(tip.value))}</b>`,
          ),
      ].join('<br/>'),
  };
}

/** barsOption: means before and after, of those who got it and those who did not. */
export function barsOption(
  bars: readonly Bar[],
  names: { treated: string; control: string; before: string; after: string },
  look: Look,
): Option {
  const groups = (['treated', 'control'] as const).filter((g) => bars.some((b) => b.group === g));
  const whens = (['before', 'after'] as const).filter((w) => bars.some((b) => b.when === w));
  const mean = (group: string, when: string) => bars.find((b) => b.group === group && b.when === when)?.mean ?? null;
  return {
    grid,
    legend,
    tooltip: tooltip(look.write),
    xAxis: { type: 'category', data: groups.map((g) => names[g]) },
    yAxis: { type: 'value', axisLabel: { formatter: (n: number) => look.write(n) } },
    series: whens.map((when) => ({
      name: names[when],
      type: 'bar',
      barMaxWidth: 56,
      barGap: '12%',
      itemStyle: { color: when === 'before' ? look.quiet : look.strong, borderRadius: 3 },
      label: {
        show: true,
        position: 'top',
        color: look.text,
        formatter: (tip: { value: number | null }) => (isNumber(tip.value) ? look.write(tip.value) : ''),
      },
      data: groups.map((group) => mean(group, when)),
    })),
  };
}

/** seriesOption: both groups by period, with what would have been. */
export function seriesOption(
  points: readonly SeriesPoint[],
  would: readonly (number | null)[],
  names: { treated: string; control: string; would: string },
  look: Look,
): Option {
  const line = { type: 'line', showSymbol: points.length <= 36, symbolSize: 6, connectNulls: false };
  return {
    grid,
    legend,
    tooltip: tooltip(look.write),
    xAxis: {
      type: 'category',
      data: points.map((p) => p.period),
      boundaryGap: false,
      axisLabel: { hideOverlap: true },
    },
    yAxis: { type: 'value', scale: true, axisLabel: { formatter: (n: number) => look.write(n) } },
    series: [
      {
        ...line,
        name: names.treated,
        color: look.strong,
        lineStyle: { width: 2.5 },
        data: points.map((p) => p.treated),
      },
      ...(would.some(isNumber)
        ? [
            {
              ...line,
              name: names.would,
              color: look.strong,
              lineStyle: { width: 2, type: 'dashed' },
              showSymbol: false,
              data: would,
            },
          ]
        : []),
      ...(points.some((p) => isNumber(p.control))
        ? [
            {
              ...line,
              name: names.control,
              color: look.quiet,
              lineStyle: { width: 2 },
              data: points.map((p) => p.control),
            },
          ]
        : []),
    ],
  };
}

/** bandOption: estimates with a band around them, and a line where nothing would be. */
export function bandOption(
  at: readonly string[],
  figures: readonly { value: number | null; lo: number | null; hi: number | null }[],
  zero: number,
  names: { effect: string; band: string; zero: string },
  look: Look,
): Option {
  return {
    grid: { ...grid, top: 24 },
    tooltip: {
      trigger: 'axis',
      confine: true,
      formatter: (tips: { dataIndex: number; axisValue: string }[]) => {
        const i = tips[0]?.dataIndex ?? 0;
        const f = figures[i];
        return [
          plain(tips[0]?.axisValue ?? ''),
          `<b>${plain(look.write(f?.value ?? null))}</b>`,
          plain(`${look.write(f?.lo ?? null)} … ${look.write(f?.hi ?? null)}`),
        ].join('<br/>');
      },
    },
    xAxis: { type: 'category', data: [...at], axisLabel: { hideOverlap: true } },
    yAxis: { type: 'value', scale: true, axisLabel: { formatter: (n: number) => look.write(n) } },
    series: [
      {
        name: names.effect,
        type: 'line',
        color: look.strong,
        lineStyle: { width: 1.5, opacity: 0.5 },
        symbol: 'circle',
        symbolSize: 8,
        data: figures.map((f) => f.value),
        z: 5,
      },
      // The two ends of the band.
      ...[figures.map((f) => f.lo), figures.map((f) => f.hi)].map((data, i) => ({
        name: `${names.band}${i}`,
        type: 'line',
        silent: true,
        symbol: 'none',
        color: look.strong,
        lineStyle: { width: 1, type: 'dotted', opacity: 0.8 },
        data,
      })),
      {
        name: names.zero,
        type: 'line',
        silent: true,
        symbol: 'none',
        color: look.quiet,
        lineStyle: { width: 1.5, type: 'dashed' },
        data: at.map(() => zero),
      },
    ],
  };
}

export function eventFigures(times: readonly EventTime[]) {
  return times.map((e) => ({ value: e.effect, lo: e.lo, hi: e.hi }));
}

/** quantiles are the figures of a claim that are effects at a quantile, lowest first. */
export function quantiles(figures: readonly Figure[]): { tau: number; figure: Figure }[] {
  return figures
    .filter((f) => f.kind === 'quantile')
    .map((figure) => ({ tau: Number(/[\d.]+/.exec(figure.name)?.[0] ?? Number.NaN), figure }))
    .filter((q) => Number.isFinite(q.tau))
    .sort((a, b) => a.tau - b.tau);
}
