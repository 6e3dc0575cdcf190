import type { Option } from '../chart/Chart';
import type { Grain } from './question';
import { period, type Picture } from './series';

/** How a metric's figures are written: in full, and short for an axis. */
export type Write = { full: (n: number | null | undefined) => string; short: (n: number) => string };

type Look = {
  write: Write;
  name: (value: string | null | undefined, dim: 'by' | 'by2') => string;
  title: string;
  grain: Grain;
  low: string;
  high: string;
};

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** plain makes text safe for a tooltip, which ECharts sets as HTML; names come from outside. */
export function plain(text: string): string {
  return text.replace(/[&<>"']/g, (c) => escapes[c] ?? c);
}

type Tip = {
  seriesName: string;
  value: number | null | [number, number, number | null];
  marker: string;
  dataIndex: number;
};

export function seriesName(picture: Picture, i: number, look: Pick<Look, 'name' | 'title'>): string {
  const s = picture.series[i];
  if (!s) return '';
  const parts: string[] = [];
  if (s.a !== undefined) parts.push(look.name(s.a, 'by'));
  if (s.b !== undefined) parts.push(look.name(s.b, 'by2'));
  return parts.join(' · ') || look.title;
}

export function axisNames(picture: Picture, look: Look): string[] {
  return picture.axis.map((value) => (picture.time ? period(value ?? '', look.grain) : look.name(value, 'by')));
}

/** optionOf draws a picture with ECharts. */
export function optionOf(picture: Picture, look: Look): Option {
  return picture.kind === 'heatmap' ? heatmap(picture, look) : lines(picture, look);
}

function lines(picture: Picture, look: Look): Option {
  const names = picture.series.map((_, i) => seriesName(picture, i, look));
  const axis = axisNames(picture, look);
  const flat = !picture.time && picture.axis.length > 6;
  const many = picture.series.length > 1;
  const category = {
    type: 'category',
    data: axis,
    boundaryGap: picture.kind !== 'line',
    inverse: flat,
    axisLabel: flat ? { width: 160, overflow: 'truncate' } : { hideOverlap: true },
  };
  const value = { type: 'value', axisLabel: { formatter: (n: number) => look.write.short(n) } };
  const single = picture.axis.length === 1;
  return {
    grid: { left: 8, right: 24, top: many ? 44 : 20, bottom: 8, containLabel: true },
    legend: many
      ? { type: 'scroll', top: 4, left: 8, right: 8, icon: 'roundRect', itemWidth: 10, itemHeight: 10 }
      : { show: false },
    tooltip: {
      trigger: many && picture.kind !== 'stacked' && !picture.time ? 'item' : 'axis',
      confine: true,
      axisPointer: { type: picture.kind === 'line' ? 'line' : 'shadow' },
      formatter: (input: Tip | Tip[]) => {
        const tips = (Array.isArray(input) ? input : [input]).filter(
          (tip) => tip.value !== null && (tip.value !== 0 || !many),
        );
        const at = (Array.isArray(input) ? input[0] : input)?.dataIndex ?? 0;
        const lines = [...tips]
          .sort((x, y) => Number(y.value) - Number(x.value))
          .slice(0, 14)
          .map(
            (tip) =>
              `${tip.marker}${plain(tip.seriesName)} <b style="margin-left:8px">${plain(look.write.full(Number(tip.value)))}</b>`,
          );
        return [plain(axis[at] ?? ''), ...lines].join('<br/>');
      },
    },
    xAxis: flat ? value : category,
    yAxis: flat ? category : value,
    series: picture.series.map((s, i) => ({
      name: names[i],
      type: picture.kind === 'line' && !single ? 'line' : 'bar',
      data: s.values,
      ...(picture.kind === 'stacked' ? { stack: 'all' } : {}),
      ...(picture.kind === 'line' && !single
        ? {
            showSymbol: picture.axis.length <= 80,
            symbolSize: 7,
            lineStyle: { width: 2 },
            connectNulls: false,
            triggerLineEvent: true,
          }
        : { barMaxWidth: 36, barMinHeight: 0, itemStyle: { borderRadius: picture.kind === 'stacked' ? 0 : 2 } }),
      emphasis: { focus: many ? 'series' : 'none' },
      cursor: 'pointer',
    })),
  };
}

function heatmap(picture: Picture, look: Look): Option {
  const names = picture.series.map((_, i) => seriesName(picture, i, look));
  const axis = axisNames(picture, look);
  const cells = picture.series.flatMap((s, y) => s.values.map((v, x) => [x, y, v] as const));
  const top = Math.max(0, ...cells.map((cell) => cell[2] ?? 0));
  return {
    grid: { left: 8, right: 24, top: 12, bottom: 48, containLabel: true },
    tooltip: {
      confine: true,
      formatter: (tip: Tip) => {
        const [x, y, v] = Array.isArray(tip.value) ? tip.value : [0, 0, null];
        return `${plain(names[y] ?? '')}<br/>${plain(axis[x] ?? '')} <b style="margin-left:8px">${plain(look.write.full(v))}</b>`;
      },
    },
    xAxis: { type: 'category', data: axis, splitArea: { show: false }, axisLabel: { hideOverlap: true } },
    yAxis: { type: 'category', data: names, inverse: true, axisLabel: { width: 160, overflow: 'truncate' } },
    visualMap: {
      min: 0,
      max: top || 1,
      calculable: false,
      orient: 'horizontal',
      left: 'center',
      bottom: 4,
      itemHeight: 160,
      itemWidth: 10,
      inRange: { color: [look.low, look.high] },
      formatter: (n: number) => look.write.short(n),
    },
    series: [
      {
        type: 'heatmap',
        data: cells.map((cell) => [...cell]),
        cursor: 'pointer',
        emphasis: { itemStyle: { borderColor: look.high, borderWidth: 1 } },
      },
    ],
  };
}
