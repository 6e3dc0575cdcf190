import { DownloadOutlined, LinkOutlined, UnorderedListOutlined, UploadOutlined } from '../page/icons';
import {
  Alert,
  App,
  Button,
  Card,
  DatePicker,
  Dropdown,
  Flex,
  Segmented,
  Select,
  Skeleton,
  Table,
  type TableProps,
  theme,
  Typography,
} from 'antd';
import dayjs from 'dayjs';
import { useCallback, useMemo, useRef, useState } from 'react';
import { Link } from 'react-router';
import { address } from '../api/client';
import type { Answered, Metric, Point } from '../api/types';
import { LazyChart } from '../chart/LazyChart';
import { EventsDrawer } from '../event/EventsDrawer';
import { useTerm } from '../event/verb';
import { useFormat, useLang, usePick, useWords } from '../lang/LangProvider';
import { blobOf, save } from '../page/csv';
import { Failure } from '../page/Failure';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { pageWords } from '../page/words';
import { RunProgress } from '../run/RunProgress';
import { Definition } from './Definition';
import { useAnswer, useDimensions, useMetrics, useQuestion } from './explore';
import { Filters } from './Filters';
import { optionOf, seriesName, type Write } from './option';
import {
  asked,
  askedEvents,
  type ChartKind,
  chartKinds,
  type Grain,
  grains,
  type Question,
  type Spot,
} from './question';
import { Questions } from './Questions';
import { drawn, lay, period, spotOf } from './series';
import { exploreWords } from './words';

/** Figures that may be stacked and whose absence is nought; the catalogue's "additive" is about roll-ups. */
function addsUp(metric: Metric): boolean {
  return metric.kind === 'count' || metric.kind === 'sum';
}

/** useValue writes a metric's figures: a share as per cent, the rest as numbers. */
function useValue(metric: Metric): Write {
  const format = useFormat();
  const share = metric.unit === 'share';
  return useMemo(
    () => (share ? { full: format.share, short: format.share } : { full: format.number, short: format.compact }),
    [share, format],
  );
}

type Change = (change: Partial<Question>) => void;

/** usable picks the metric to show: the one asked for, else the first that has data. */
function usable(metrics: Metric[] | undefined, name: string): Metric | undefined {
  return (
    metrics?.find((m) => m.name === name) ??
    (name ? undefined : (metrics?.find((m) => m.available !== false) ?? metrics?.[0]))
  );
}

/** useNames names the values of a question's dimensions: labels for ids, the glossary's words, the rest as it is. */
function useNames(answer: Answered | undefined, question: Question) {
  const t = useWords(exploreWords);
  const term = useTerm();
  const missing = t('missing');
  const labels = answer?.labels;
  const { by, by2 } = question;
  return useCallback(
    (value: string | null | undefined, dimension: string): string => {
      if (value === null || value === undefined || value === '') return missing;
      const real = dimension === 'by' ? by : dimension === 'by2' ? by2 : dimension;
      return labels?.[value] ?? term(real, value);
    },
    [labels, missing, term, by, by2],
  );
}

function Controls({
  question,
  metric,
  metrics,
  change,
}: {
  question: Question;
  metric: Metric | undefined;
  metrics: Metric[];
  change: Change;
}) {
  const t = useWords(exploreWords);
  const pick = usePick();
  const { data: dimensions = [] } = useDimensions();
  const dims = [
    { value: '', label: t('noDim') },
    ...dimensions.map((d) => ({ value: d.name, label: pick(d, 'title') })),
  ];
  const today = dayjs().startOf('day');
  const until = question.until ? dayjs(question.until).subtract(1, 'day') : null;
  return (
    <Flex gap={8} wrap align="center">
      <Select
        aria-label={t('metric')}
        style={{ minWidth: 220 }}
        popupMatchSelectWidth={360}
        showSearch={{
          filterOption: (text, option) =>
            `${option?.label ?? ''} ${option?.value ?? ''}`.toLowerCase().includes(text.toLowerCase()),
        }}
        value={metric?.name ?? null}
        placeholder={t('metric')}
        onChange={(name: string) => change({ metric: name, spot: undefined, event: '' })}
        options={metrics.map((m) => ({
          value: m.name,
          label: m.available === false ? `${pick(m, 'title')} (${t('unavailable')})` : pick(m, 'title'),
        }))}
      />
      {metric && <Definition metric={metric} />}
      <Select
        aria-label={t('by')}
        prefix={t('by')}
        style={{ minWidth: 150 }}
        popupMatchSelectWidth={220}
        showSearch={{ optionFilterProp: 'label' }}
        value={question.by}
        onChange={(by: string) => change({ by, by2: by ? question.by2 : '' })}
        options={dims}
      />
      <Select
        aria-label={t('by2')}
        prefix={t('by2')}
        style={{ minWidth: 160 }}
        popupMatchSelectWidth={220}
        showSearch={{ optionFilterProp: 'label' }}
        disabled={!question.by}
        value={question.by2}
        onChange={(by2: string) => change({ by2 })}
        options={dims.filter((d) => d.value === '' || d.value !== question.by)}
      />
      <Select
        aria-label={t('grain')}
        style={{ width: 120 }}
        value={question.grain}
        onChange={(grain: Grain) => change({ grain })}
        options={grains.map((g) => ({ value: g, label: t(g) }))}
      />
      <DatePicker.RangePicker
        aria-label={t('range')}
        allowEmpty={[true, true]}
        placeholder={[t('from'), t('to')]}
        value={[question.since ? dayjs(question.since) : null, until]}
        onChange={(range) =>
          change({
            since: range?.[0]?.format('YYYY-MM-DD') ?? '',
            until: range?.[1]?.add(1, 'day').format('YYYY-MM-DD') ?? '',
          })
        }
        presets={[
          { label: t('last30'), value: [today.subtract(29, 'day'), today] },
          { label: t('last90'), value: [today.subtract(89, 'day'), today] },
          { label: t('last12'), value: [today.subtract(12, 'month').startOf('month'), today] },
          { label: t('thisYear'), value: [today.startOf('year'), today] },
          {
            label: t('lastYear'),
            value: [today.subtract(1, 'year').startOf('year'), today.subtract(1, 'year').endOf('year')],
          },
        ]}
        style={{ width: 260 }}
      />
    </Flex>
  );
}

function AnswerTable({
  answer,
  question,
  metric,
  change,
}: {
  answer: Answered;
  question: Question;
  metric: Metric;
  change: Change;
}) {
  const t = useWords(exploreWords);
  const p = useWords(pageWords);
  const pick = usePick();
  const format = useFormat();
  const write = useValue(metric);
  const name = useNames(answer, question);
  const { data: dimensions = [] } = useDimensions();
  const title = (dim: string) => {
    const found = dimensions.find((d) => d.name === dim);
    return found ? pick(found, 'title') : dim;
  };
  const time = question.grain !== 'none';
  const open = (point: Point) => {
    const spot: Spot = {};
    if (time && point.t) spot.t = point.t.slice(0, 10);
    if (question.by) spot.a = point.a ?? null;
    if (question.by && question.by2) spot.b = point.b ?? null;
    change({ spot, event: '' });
  };
  const columns: TableProps<Point>['columns'] = [];
  if (time)
    columns.push({
      title: t('period'),
      dataIndex: 't',
      width: 140,
      sorter: (a, b) => (a.t ?? '').localeCompare(b.t ?? ''),
      render: (v: string) => period(v ?? '', question.grain),
    });
  if (question.by)
    columns.push({
      title: title(question.by),
      dataIndex: 'a',
      ellipsis: true,
      sorter: (x, y) => name(x.a, 'by').localeCompare(name(y.a, 'by')),
      render: (v: string | null) => name(v, 'by'),
    });
  if (question.by && question.by2)
    columns.push({
      title: title(question.by2),
      dataIndex: 'b',
      ellipsis: true,
      sorter: (x, y) => name(x.b, 'by2').localeCompare(name(y.b, 'by2')),
      render: (v: string | null) => name(v, 'by2'),
    });
  columns.push({
    title: pick(metric, 'unit') ? `${pick(metric, 'title')} (${pick(metric, 'unit')})` : pick(metric, 'title'),
    dataIndex: 'value',
    align: 'end',
    width: 220,
    sorter: (x, y) => (x.value ?? 0) - (y.value ?? 0),
    render: (v: number | null, point) => (
      <Button type="link" size="small" style={{ padding: 0 }} title={t('atPoint')} onClick={() => open(point)}>
        {write.full(v)}
      </Button>
    ),
  });
  if (metric.kind !== 'count')
    columns.push({
      title: t('n'),
      dataIndex: 'n',
      align: 'end',
      width: 120,
      sorter: (x, y) => (x.n ?? 0) - (y.n ?? 0),
      render: (v: number) => format.number(v),
    });
  return (
    <Table
      size="small"
      rowKey={(point) => `${point.t ?? ''}|${point.a ?? '\u0000'}|${point.b ?? '\u0000'}`}
      columns={columns}
      dataSource={answer.points}
      scroll={{ x: 'max-content' }}
      pagination={{
        defaultPageSize: 50,
        showSizeChanger: true,
        pageSizeOptions: [20, 50, 200],
        hideOnSinglePage: answer.points.length <= 20,
        showTotal: (n) => p('total', { n }),
      }}
    />
  );
}

function AnswerChart({
  answer,
  question,
  metric,
  change,
  onReady,
}: {
  answer: Answered;
  question: Question;
  metric: Metric;
  change: Change;
  onReady: (picture: () => string) => void;
}) {
  const t = useWords(exploreWords);
  const pick = usePick();
  const name = useNames(answer, question);
  const { token } = theme.useToken();
  const title = pick(metric, 'title');
  const additive = addsUp(metric);
  const write = useValue(metric);
  const picture = useMemo(() => lay(answer, question, question.chart, additive), [answer, question, additive]);
  const option = useMemo(
    () =>
      optionOf(picture, {
        write,
        name,
        title,
        grain: question.grain,
        low: token.colorPrimaryBg,
        high: token.colorPrimary,
      }),
    [picture, write, name, title, question.grain, token.colorPrimaryBg, token.colorPrimary],
  );
  if (picture.kind === 'number') {
    const value = answer.points[0]?.value;
    return (
      <Flex vertical align="center" justify="center" style={{ minHeight: 240 }}>
        <Typography.Text type="secondary">{title}</Typography.Text>
        <Button
          type="text"
          title={t('evidence')}
          style={{ height: 'auto', fontSize: 52, fontWeight: 600 }}
          className="numbers"
          onClick={() => change({ spot: {}, event: '' })}
        >
          {write.full(value)}
        </Button>
        <Typography.Text type="secondary">{pick(metric, 'unit')}</Typography.Text>
      </Flex>
    );
  }
  const flat = !picture.time && picture.axis.length > 6;
  const height =
    picture.kind === 'heatmap'
      ? Math.max(300, 90 + picture.series.length * 26)
      : flat
        ? Math.max(320, 70 + picture.axis.length * 26)
        : 420;
  return (
    <>
      <LazyChart
        option={option}
        height={Math.min(height, 1600)}
        onReady={onReady}
        label={t('picture', { metric: title, kind: t(picture.kind), n: picture.series.length })}
        onClick={(click) => {
          const [x, y] =
            picture.kind === 'heatmap' && Array.isArray(click.value)
              ? (click.value as number[])
              : [click.dataIndex, click.seriesIndex];
          if (x === undefined || y === undefined) return;
          change({ spot: spotOf(picture, y, x), event: '' });
        }}
      />
      {picture.left > 0 && (
        <Typography.Text type="secondary">{t('left', { n: drawn, left: picture.left })}</Typography.Text>
      )}
      <span className="unseen">{picture.series.map((_, i) => seriesName(picture, i, { name, title })).join(', ')}</span>
    </>
  );
}

export function ExplorePage() {
  const t = useWords(exploreWords);
  const pick = usePick();
  const format = useFormat();
  const { lang } = useLang();
  const { message } = App.useApp();
  const [question, change] = useQuestion();
  const metrics = useMetrics();
  const { data: dimensions = [] } = useDimensions();
  const metric = usable(metrics.data, question.metric);
  const full = useMemo(() => ({ ...question, metric: metric?.name ?? question.metric }), [question, metric]);
  const { answer, run, error, asking, refetch } = useAnswer(full, full.metric !== '');
  const name = useNames(answer, question);
  const picture = useRef<(() => string) | undefined>(undefined);
  const [hasPicture, setHasPicture] = useState(false);
  const empty = answer !== undefined && (answer.points ?? []).length === 0;
  const none = metrics.data?.length === 0 || (metrics.data?.every((m) => m.available === false) ?? false);

  const exportAs = (key: string) => {
    if (key !== 'png') location.assign(address('explore/export', { ...asked(full), format: key, lang }));
    else if (picture.current) save(`${full.metric}.png`, blobOf(picture.current()));
  };
  const spotText = () => {
    const s = question.spot;
    if (!s) return '';
    const parts = [
      s.t !== undefined && period(s.t, question.grain),
      s.a !== undefined && name(s.a, 'by'),
      s.b !== undefined && name(s.b, 'by2'),
    ].filter(Boolean);
    return [metric ? pick(metric, 'title') : '', ...parts].join(' · ');
  };

  return (
    <PageFrame title={t('title')} about={t('about')} actions={<Questions question={full} />}>
      {metrics.error && <Failure error={metrics.error} retry={() => void metrics.refetch()} />}
      {none ? (
        <Card>
          <Nothing title={t('noMetric')} about={t('noMetricHelp')}>
            <Link to="/import">
              <Button type="primary" icon={<UploadOutlined />}>
                {t('title')}
              </Button>
            </Link>
          </Nothing>
        </Card>
      ) : (
        <Card styles={{ body: { padding: 16 } }}>
          <Flex vertical gap={12}>
            <Controls question={question} metric={metric} metrics={metrics.data ?? []} change={change} />
            <Flex justify="space-between" gap={12} wrap align="center">
              <Filters
                metric={full.metric}
                dimensions={dimensions}
                where={question.where}
                label={name}
                onChange={(where) => change({ where })}
              />
              <Flex gap={8} wrap>
                <Segmented
                  aria-label={t('table')}
                  value={question.view}
                  onChange={(view) => change({ view: view as Question['view'] })}
                  options={[
                    { value: 'chart', label: t('chart') },
                    { value: 'table', label: t('table') },
                  ]}
                />
                <Select
                  aria-label={t('kind')}
                  style={{ width: 112 }}
                  value={question.chart}
                  disabled={question.view === 'table'}
                  onChange={(chart: ChartKind) => change({ chart })}
                  options={chartKinds.map((k) => ({ value: k, label: t(k) }))}
                />
                <Button
                  icon={<UnorderedListOutlined />}
                  disabled={!answer || empty}
                  onClick={() => change({ spot: {}, event: '' })}
                >
                  {t('evidence')}
                </Button>
                <Dropdown
                  disabled={!answer || empty}
                  menu={{
                    onClick: ({ key }) => exportAs(key),
                    items: [
                      { key: 'png', label: t('png'), disabled: question.view === 'table' || !hasPicture },
                      { key: 'csv', label: t('csv') },
                      { key: 'xlsx', label: t('xlsx') },
                    ],
                  }}
                >
                  <Button icon={<DownloadOutlined />}>{t('exports')}</Button>
                </Dropdown>
                <Button
                  icon={<LinkOutlined />}
                  aria-label={t('share')}
                  title={t('share')}
                  onClick={() => {
                    void navigator.clipboard.writeText(location.href).then(() => message.success(t('shared')));
                  }}
                />
              </Flex>
            </Flex>
            {error && <Failure error={error} retry={refetch} />}
            {run && <RunProgress run={run} title={t('slow')} />}
            {answer && pick(answer, 'note') && <Alert type="info" showIcon title={pick(answer, 'note')} />}
            {answer?.truncated && <Alert type="warning" showIcon title={t('truncated')} />}
            <div aria-busy={asking} style={{ opacity: asking && answer ? 0.6 : 1, transition: 'opacity .15s' }}>
              {!answer && !run && !error && <Skeleton active paragraph={{ rows: 8 }} />}
              {empty && (
                <Nothing title={t('nothing')} about={t('nothingHelp')}>
                  <Button onClick={() => change({ where: [], since: '', until: '' })}>{t('clear')}</Button>
                </Nothing>
              )}
              {answer && metric && !empty && question.view === 'chart' && (
                <AnswerChart
                  answer={answer}
                  question={question}
                  metric={metric}
                  change={change}
                  onReady={(take) => {
                    picture.current = take;
                    setHasPicture(true);
                  }}
                />
              )}
              {answer && metric && !empty && question.view === 'table' && (
                <AnswerTable answer={answer} question={question} metric={metric} change={change} />
              )}
            </div>
            {answer?.took_ms !== undefined && (
              <Typography.Text type="secondary" style={{ fontSize: 12.5 }}>
                {t('source', {
                  from: answer.from === 'rollup' ? t('rollup') : t('events'),
                  ms: format.decimal(answer.took_ms),
                })}
              </Typography.Text>
            )}
          </Flex>
        </Card>
      )}
      <EventsDrawer
        open={question.spot !== undefined && full.metric !== ''}
        title={question.spot && Object.keys(question.spot).length > 0 ? t('eventsOf') : t('allEvents')}
        about={spotText()}
        query={askedEvents(full)}
        event={question.event}
        onEvent={(event) => change({ event })}
        onClose={() => change({ spot: undefined, event: '' })}
      />
    </PageFrame>
  );
}
