import { BarChart, HeatmapChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent, VisualMapContinuousComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { theme } from 'antd';
import { useEffect, useRef } from 'react';
import { useTheme } from '../theme/ThemeProvider';
import { palette } from '../theme/tokens';

echarts.use([
  BarChart,
  LineChart,
  HeatmapChart,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
  CanvasRenderer,
]);

export type Option = echarts.EChartsCoreOption;
export type Click = { seriesIndex: number; seriesName: string; dataIndex: number; value: unknown; data: unknown };

type Props = {
  option: Option;
  /** What the picture shows, for those who can't see it. */
  label: string;
  height?: number;
  onClick?: (click: Click) => void;
  /** Receives a function that gives the picture as a PNG data URL. */
  onReady?: (picture: () => string) => void;
};

/** Chart draws one ECharts option in the look of the theme. */
export default function Chart({ option, label, height = 320, onClick, onReady }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<echarts.ECharts | null>(null);
  const { dark } = useTheme();
  const { token } = theme.useToken();
  const click = useRef(onClick);
  const ready = useRef(onReady);
  useEffect(() => {
    click.current = onClick;
    ready.current = onReady;
  });

  useEffect(() => {
    if (!box.current) return;
    const element = box.current;
    const axis = {
      axisLine: { lineStyle: { color: token.colorBorder } },
      axisTick: { show: false },
      axisLabel: { color: token.colorTextTertiary, fontSize: 12 },
      splitLine: { lineStyle: { color: token.colorBorderSecondary } },
      nameTextStyle: { color: token.colorTextTertiary },
    };
    const drawn = echarts.init(
      element,
      {
        color: palette(dark),
        backgroundColor: 'transparent',
        textStyle: { fontFamily: token.fontFamily, color: token.colorText },
        categoryAxis: axis,
        valueAxis: axis,
        timeAxis: axis,
        legend: {
          textStyle: { color: token.colorTextSecondary },
          pageTextStyle: { color: token.colorTextSecondary },
          pageIconColor: token.colorTextSecondary,
          pageIconInactiveColor: token.colorTextQuaternary,
        },
        tooltip: {
          backgroundColor: token.colorBgElevated,
          borderColor: token.colorBorderSecondary,
          textStyle: { color: token.colorText, fontSize: 13 },
          axisPointer: { lineStyle: { color: token.colorBorder }, crossStyle: { color: token.colorBorder } },
        },
      },
      { renderer: 'canvas' },
    );
    chart.current = drawn;
    drawn.on('click', (params) => {
      click.current?.(params as unknown as Click);
    });
    ready.current?.(() => drawn.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: token.colorBgContainer }));
    const observer = new ResizeObserver(() => {
      drawn.resize();
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      drawn.dispose();
      chart.current = null;
    };
  }, [dark, token]);

  useEffect(() => {
    const animation = !matchMedia('(prefers-reduced-motion: reduce)').matches;
    chart.current?.setOption({ animation, animationDuration: 300, ...option }, { notMerge: true });
  }, [option, dark, token]);

  return <div ref={box} role="img" aria-label={label} style={{ width: '100%', height }} />;
}
