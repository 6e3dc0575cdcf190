import {
  CheckCircleOutlined,
  CloseCircleFilled,
  DownloadOutlined,
  ExclamationCircleFilled,
  InfoCircleFilled,
  RightOutlined,
  UploadOutlined,
} from '../page/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Col, Flex, Row, Segmented, Skeleton, Statistic, Table, Typography } from 'antd';
import dayjs from 'dayjs';
import { useMemo, useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { address, get } from '../api/client';
import type { Decision, Today } from '../api/types';
import { BatchTable } from '../batch/BatchTable';
import { LazyChart } from '../chart/LazyChart';
import { Verb } from '../event/EventFacts';
import { useTerm } from '../event/verb';
import { plain } from '../explore/option';
import { useFormat, useLang, usePick, useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { may, useUser } from '../session/session';
import { stack } from './chart';
import { todayWords } from './words';

const spans = { day: 1, week: 7, month: 30, year: 365 } as const;
type Span = keyof typeof spans;

const signs: Record<string, React.ReactNode> = {
  error: <CloseCircleFilled style={{ color: 'var(--ant-color-error)' }} />,
  warning: <ExclamationCircleFilled style={{ color: 'var(--ant-color-warning)' }} />,
  info: <InfoCircleFilled style={{ color: 'var(--ant-color-info)' }} />,
};

/** inside turns a link that the server sends into one of ours, and nothing else. */
export function inside(link: string): string {
  return link.startsWith('/') && !link.startsWith('//') ? link : '/today';
}

function Decisions({ decisions }: { decisions: Decision[] }) {
  const t = useWords(todayWords);
  const pick = usePick();
  const format = useFormat();
  return (
    <Card title={t('decisions')} style={{ height: '100%' }} styles={{ body: { padding: '8px 0' } }}>
      {decisions.length === 0 ? (
        <Flex vertical align="center" gap={8} style={{ padding: '40px 24px', textAlign: 'center' }}>
          <CheckCircleOutlined style={{ fontSize: 28, color: 'var(--ant-color-success)' }} />
          <Typography.Text strong>{t('calm')}</Typography.Text>
          <Typography.Text type="secondary">{t('calmHelp')}</Typography.Text>
        </Flex>
      ) : (
        <ul style={{ listStyle: 'none', margin: 0, padding: 0, maxHeight: 330, overflow: 'auto' }}>
          {decisions.map((d) => (
            <li key={`${d.kind}${d.link}${d.title}`}>
              <Link to={inside(d.link)} style={{ color: 'inherit' }}>
                <Flex gap={10} align="baseline" style={{ padding: '9px 20px' }} className="decision">
                  {signs[d.severity] ?? signs.info}
                  <span style={{ flex: 1 }}>{pick(d, 'title')}</span>
                  {d.n > 0 && <Typography.Text type="secondary">{format.number(d.n)}</Typography.Text>}
                  <RightOutlined style={{ fontSize: 11, color: 'var(--ant-color-text-tertiary)' }} />
                </Flex>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function ByVerb({ counts }: { counts: Today['by_verb'] }) {
  const t = useWords(todayWords);
  const format = useFormat();
  const navigate = useNavigate();
  const term = useTerm();
  const [view, setView] = useState('chart');
  const laid = useMemo(() => stack(counts), [counts]);
  const option = useMemo(() => {
    const series = [
      ...laid.series.map((s) => ({ name: term('verb', s.verb), data: s.values })),
      ...(laid.rest ? [{ name: t('others'), data: laid.rest }] : []),
    ];
    return {
      grid: { left: 8, right: 12, top: 44, bottom: 4, containLabel: true },
      legend: { type: 'scroll', top: 4, left: 4, right: 4, icon: 'roundRect', itemWidth: 10, itemHeight: 10 },
      tooltip: {
        trigger: 'axis',
        confine: true,
        axisPointer: { type: 'shadow' },
        formatter: (tips: { marker: string; seriesName: string; value: number; axisValue: string }[]) =>
          [
            plain(tips[0]?.axisValue ?? ''),
            ...tips
              .filter((tip) => tip.value > 0)
              .sort((a, b) => b.value - a.value)
              .map(
                (tip) =>
                  `${tip.marker}${plain(tip.seriesName)} <b style="margin-left:8px">${plain(format.number(tip.value))}</b>`,
              ),
          ].join('<br/>'),
      },
      xAxis: { type: 'category', data: laid.days, axisLabel: { hideOverlap: true } },
      yAxis: { type: 'value', axisLabel: { formatter: (n: number) => format.compact(n) } },
      series: series.map((s) => ({
        ...s,
        type: 'bar',
        stack: 'all',
        barMaxWidth: 28,
        cursor: 'pointer',
        emphasis: { focus: 'series' },
      })),
    };
  }, [laid, format, t, term]);
  const open = (day: string, verb?: string) => {
    const query = new URLSearchParams({ grain: 'day', spot: '1', t: day });
    if (verb) {
      query.set('by', 'verb');
      query.set('a', verb);
    }
    query.set('since', dayjs(day).subtract(14, 'day').format('YYYY-MM-DD'));
    query.set('until', dayjs(day).add(15, 'day').format('YYYY-MM-DD'));
    void navigate(`/explore?${query.toString()}`);
  };
  return (
    <Card
      title={t('byVerb')}
      extra={
        <Segmented
          size="small"
          aria-label={t('byVerb')}
          value={view}
          onChange={setView}
          options={[
            { value: 'chart', label: t('chart') },
            { value: 'table', label: t('table') },
          ]}
        />
      }
      styles={{ body: { padding: 12, minHeight: 330 } }}
    >
      {counts.length === 0 ? (
        <Nothing title={t('quiet')} about={t('quietHelp')} />
      ) : view === 'chart' ? (
        <LazyChart
          option={option}
          height={306}
          label={t('byVerbLabel', { n: laid.series.length })}
          onClick={(click) => open(laid.days[click.dataIndex] ?? '', laid.series[click.seriesIndex]?.verb)}
        />
      ) : (
        <Table
          size="small"
          rowKey={(c) => `${c.day}${c.verb}`}
          dataSource={counts}
          pagination={{ pageSize: 8, showSizeChanger: false, hideOnSinglePage: true }}
          columns={[
            { title: t('dayCol'), dataIndex: 'day', sorter: (a, b) => a.day.localeCompare(b.day) },
            { title: t('verb'), dataIndex: 'verb', render: (verb: string) => <Verb verb={verb} /> },
            {
              title: t('n'),
              dataIndex: 'n',
              align: 'end',
              sorter: (a, b) => a.n - b.n,
              render: (n: number, c) => (
                <Button
                  type="link"
                  size="small"
                  style={{ padding: 0 }}
                  onClick={() => open(c.day.slice(0, 10), c.verb)}
                >
                  {format.number(n)}
                </Button>
              ),
            },
          ]}
        />
      )}
    </Card>
  );
}

export function TodayPage() {
  const t = useWords(todayWords);
  const format = useFormat();
  const { lang } = useLang();
  const user = useUser();
  const [params, setParams] = useSearchParams();
  const asked = params.get('window');
  const span: Span = asked && asked in spans ? (asked as Span) : 'month';
  const since = dayjs().startOf('hour').subtract(spans[span], 'day').toISOString();
  const { data, error, refetch } = useQuery({
    queryKey: ['today', span],
    queryFn: ({ signal }) => get<Today>('today', { since }, signal),
    refetchInterval: 60_000,
    placeholderData: keepPreviousData,
  });
  const workbook = (
    <Button icon={<DownloadOutlined />} href={address('workbook.xlsx', { lang })}>
      {t('workbook')}
    </Button>
  );
  const importer = may(user, 'import') && (
    <Link to="/import">
      <Button type="primary" icon={<UploadOutlined />}>
        {t('import')}
      </Button>
    </Link>
  );
  const empty = data && data.batches.length === 0 && data.came_in.events === 0 && data.by_verb.length === 0;
  const tiles = data
    ? ([
        ['events', data.came_in.events, '/explore?grain=day'],
        ['parties', data.came_in.parties, '/sources'],
        ['batches', data.came_in.batches, '/batches'],
        ['rejects', data.came_in.rejects, '/batches'],
      ] as const)
    : [];
  return (
    <PageFrame
      title={t('title')}
      about={data && t('since', { day: format.time(data.since) })}
      actions={
        <>
          <Segmented<Span>
            aria-label={t('window')}
            value={span}
            onChange={(next) => setParams(next === 'month' ? {} : { window: next }, { replace: true })}
            options={(Object.keys(spans) as Span[]).map((s) => ({ value: s, label: t(s) }))}
          />
          {importer}
        </>
      }
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton active paragraph={{ rows: 10 }} />}
      {data?.disk.low && (
        <Alert
          type="error"
          showIcon
          role="alert"
          title={t('disk', { free: format.bytes(data.disk.free), total: format.bytes(data.disk.total) })}
        />
      )}
      {empty && (
        <Card>
          <Nothing title={t('start')} about={t('startHelp')}>
            {importer}
            {workbook}
          </Nothing>
        </Card>
      )}
      {data && !empty && (
        <>
          <Row gutter={[16, 16]}>
            {tiles.map(([word, n, to]) => (
              <Col key={word} xs={12} lg={6}>
                <Link to={to}>
                  <Card hoverable size="small" styles={{ body: { padding: '14px 18px' } }}>
                    <Statistic
                      title={t(word)}
                      value={format.number(n)}
                      {...(word === 'rejects' && n > 0
                        ? { styles: { content: { color: 'var(--ant-color-warning)' } } }
                        : {})}
                    />
                  </Card>
                </Link>
              </Col>
            ))}
          </Row>
          <Row gutter={[16, 16]}>
            <Col xs={24} xl={16}>
              <ByVerb counts={data.by_verb} />
            </Col>
            <Col xs={24} xl={8}>
              <Decisions decisions={data.decisions} />
            </Col>
          </Row>
          <Card
            title={t('last')}
            extra={<Link to="/batches">{t('allBatches')}</Link>}
            styles={{ body: { padding: 12 } }}
          >
            <BatchTable batches={data.batches} />
          </Card>
        </>
      )}
    </PageFrame>
  );
}
