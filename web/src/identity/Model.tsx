import { useQuery } from '@tanstack/react-query';
import { Card, Col, Row, Skeleton, Table, Typography } from 'antd';
import { get } from '../api/client';
import type { LinkageModel } from '../api/types';
import { LazyChart } from '../chart/LazyChart';
import { useFormat, useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { Nothing } from '../page/Nothing';
import { useField } from './Waterfall';
import { identityWords } from './words';

function Weights({ model }: { model: LinkageModel }) {
  const t = useWords(identityWords);
  const format = useFormat();
  const field = useField();
  const levels = model.comparisons.flatMap((c) =>
    c.levels.map((l) => ({ ...l, field: field(c.name), key: `${c.name}:${l.label}` })),
  );
  return (
    <Card size="small" title={t('weights')}>
      <Typography.Text type="secondary">{t('weightsHelp')}</Typography.Text>
      <LazyChart
        height={Math.max(220, levels.length * 20 + 50)}
        label={t('weights')}
        option={{
          grid: { left: 200, right: 24, top: 8, bottom: 28 },
          xAxis: { type: 'value' },
          yAxis: {
            type: 'category',
            inverse: true,
            data: levels.map((l) => `${l.field} · ${l.label}`),
            axisLabel: { width: 190, overflow: 'truncate' },
          },
          tooltip: {
            trigger: 'axis',
            axisPointer: { type: 'shadow' },
            valueFormatter: (v: number) => format.decimal(v),
          },
          series: [{ type: 'bar', name: t('bits'), data: levels.map((l) => l.bits) }],
        }}
      />
      <Table
        size="small"
        rowKey="key"
        dataSource={levels}
        pagination={{ pageSize: 12, hideOnSinglePage: true }}
        columns={[
          { title: t('field'), dataIndex: 'field' },
          { title: t('level'), dataIndex: 'label' },
          { title: t('m'), dataIndex: 'm', align: 'end', render: (v: number) => v.toPrecision(3) },
          { title: t('u'), dataIndex: 'u', align: 'end', render: (v: number) => v.toPrecision(3) },
          { title: t('bits'), dataIndex: 'bits', align: 'end', render: (v: number) => format.decimal(v) },
        ]}
      />
    </Card>
  );
}

/** Model shows what was learned and what it costs: nothing here has to be believed. */
export function Model({ kind }: { kind: string }) {
  const t = useWords(identityWords);
  const format = useFormat();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['identity', 'model', kind],
    queryFn: ({ signal }) => get<LinkageModel>(`identity/model/${kind}`, undefined, signal),
  });
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (isPending) return <Skeleton active />;
  if (data.comparisons.length === 0) return <Nothing title={t('noModel')} about={t('noRunsHelp')} />;
  return (
    <Row gutter={[16, 16]}>
      <Col xs={24} xl={12}>
        <Weights model={data} />
      </Col>
      <Col xs={24} xl={12}>
        <Row gutter={[16, 16]}>
          <Col span={24}>
            <Card size="small" title={t('distribution')}>
              <LazyChart
                height={200}
                label={t('distribution')}
                option={{
                  grid: { left: 60, right: 16, top: 12, bottom: 28 },
                  xAxis: { type: 'category', data: data.weights.map((w) => w.bits) },
                  yAxis: { type: 'log', logBase: 10 },
                  tooltip: { trigger: 'axis' },
                  series: [
                    { type: 'bar', name: t('pairs'), data: data.weights.map((w) => (w.pairs > 0 ? w.pairs : null)) },
                  ],
                }}
              />
            </Card>
          </Col>
          <Col span={24}>
            <Card size="small" title={t('thresholds')}>
              <LazyChart
                height={200}
                label={t('thresholds')}
                option={{
                  legend: { top: 0 },
                  grid: { left: 60, right: 16, top: 32, bottom: 28 },
                  xAxis: { type: 'category', data: data.thresholds.map((x) => x.threshold) },
                  yAxis: { type: 'value' },
                  tooltip: { trigger: 'axis', valueFormatter: (v: number) => format.decimal(v) },
                  series: [
                    {
                      type: 'line',
                      name: t('wrong'),
                      data: data.thresholds.map((x) => x.wrong_expected),
                      showSymbol: false,
                    },
                    {
                      type: 'line',
                      name: t('missed'),
                      data: data.thresholds.map((x) => x.missed_expected),
                      showSymbol: false,
                    },
                  ],
                }}
              />
            </Card>
          </Col>
          <Col span={24}>
            <Card size="small" title={t('em')}>
              <Typography.Text type="secondary">{t('emHelp')}</Typography.Text>
              <LazyChart
                height={200}
                label={t('em')}
                option={{
                  legend: { top: 0, type: 'scroll' },
                  grid: { left: 80, right: 16, top: 32, bottom: 28 },
                  xAxis: {
                    type: 'category',
                    name: t('iteration'),
                    data: Array.from(
                      { length: Math.max(0, ...data.sessions.map((s) => s.history.length)) },
                      (_, i) => i + 1,
                    ),
                  },
                  yAxis: { type: 'value', scale: true },
                  tooltip: { trigger: 'axis' },
                  series: data.sessions.map((s) => ({
                    type: 'line',
                    name: s.rule,
                    data: s.history,
                    showSymbol: false,
                  })),
                }}
              />
            </Card>
          </Col>
          <Col xs={24} md={12}>
            <Card size="small" title={t('unlinkable')}>
              <LazyChart
                height={180}
                label={t('unlinkable')}
                option={{
                  grid: { left: 48, right: 16, top: 12, bottom: 28 },
                  xAxis: { type: 'category', data: data.unlinkable.map((p) => p.threshold) },
                  yAxis: { type: 'value', axisLabel: { formatter: (v: number) => format.share(v) } },
                  tooltip: { trigger: 'axis', valueFormatter: (v: number) => format.share(v) },
                  series: [
                    {
                      type: 'line',
                      step: 'end',
                      name: t('unlinkable'),
                      data: data.unlinkable.map((p) => p.share),
                      showSymbol: false,
                    },
                  ],
                }}
              />
            </Card>
          </Col>
          <Col xs={24} md={12}>
            <Card size="small" title={t('sizes')}>
              <LazyChart
                height={180}
                label={t('sizes')}
                option={{
                  grid: { left: 56, right: 16, top: 12, bottom: 28 },
                  xAxis: { type: 'category', data: data.sizes.map((s) => s.parties) },
                  yAxis: { type: 'log', logBase: 10 },
                  tooltip: { trigger: 'axis' },
                  series: [{ type: 'bar', name: t('runEntities'), data: data.sizes.map((s) => s.entities) }],
                }}
              />
            </Card>
          </Col>
          <Col span={24}>
            <Card size="small" title={t('rules')}>
              <Table
                size="small"
                rowKey="rule"
                dataSource={data.rules}
                pagination={false}
                columns={[
                  {
                    title: t('rule'),
                    dataIndex: 'rule',
                    render: (rule: string) => <span className="code">{rule}</span>,
                  },
                  {
                    title: t('marginal'),
                    dataIndex: 'pairs',
                    align: 'end',
                    width: 160,
                    render: (n: number) => format.number(n),
                  },
                ]}
              />
            </Card>
          </Col>
        </Row>
      </Col>
    </Row>
  );
}
