import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import {
  Alert,
  App,
  Button,
  Card,
  Checkbox,
  Col,
  Flex,
  Form,
  Input,
  InputNumber,
  Row,
  Segmented,
  Table,
  Tag,
  Typography,
} from 'antd';
import { useState } from 'react';
import { address, get, send } from '../api/client';
import type { Holdout, PastExport, SegmentView } from '../api/types';
import { useFormat, useLang, useWords } from '../lang/LangProvider';
import { Failure, useFailure } from '../page/Failure';
import { DownloadOutlined } from '../page/icons';
import { Nothing } from '../page/Nothing';
import { may, useUser } from '../session/session';
import { segmentWords } from './words';

const colours = { proposed: 'blue', approved: 'green', declined: 'default' } as const;

function Holdouts({ segment }: { segment: SegmentView }) {
  const t = useWords(segmentWords);
  const format = useFormat();
  const failure = useFailure();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [campaign, setCampaign] = useState('');
  const [share, setShare] = useState(10);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['segment', segment.id, 'holdouts'],
    queryFn: ({ signal }) => get<Holdout[]>(`segments/${segment.id}/holdouts`, undefined, signal),
  });
  const done = {
    onSuccess: () => void client.invalidateQueries({ queryKey: ['segment', segment.id, 'holdouts'] }),
    onError: (fault: unknown) => void message.error(failure(fault).text),
  };
  const propose = useMutation({
    mutationFn: () =>
      send('POST', `segments/${segment.id}/holdouts`, { campaign: campaign.trim(), share: share / 100 }),
    ...done,
  });
  const decide = useMutation({
    mutationFn: (d: { id: string; approve: boolean }) =>
      send('POST', `segments/${segment.id}/holdouts/${d.id}/decide`, {
        approve: d.approve,
        ...(d.approve ? {} : { reason: t('declined') }),
      }),
    ...done,
  });
  return (
    <Card size="small" title={t('holdouts')}>
      <Flex vertical gap={12}>
        <Typography.Text type="secondary">{t('holdoutHelp')}</Typography.Text>
        <Flex gap={8} wrap>
          <Input
            value={campaign}
            onChange={(e) => setCampaign(e.target.value)}
            placeholder={t('campaign')}
            aria-label={t('campaign')}
            style={{ width: 200 }}
          />
          <InputNumber
            min={0}
            max={90}
            value={share}
            suffix="%"
            onChange={(v) => setShare(v ?? 10)}
            aria-label={t('share')}
            style={{ width: 110 }}
          />
          <Button disabled={!campaign.trim()} loading={propose.isPending} onClick={() => propose.mutate()}>
            {t('propose')}
          </Button>
        </Flex>
        {error && <Failure error={error} retry={() => void refetch()} />}
        <Table
          size="small"
          rowKey="id"
          loading={isPending && !error}
          dataSource={data ?? []}
          pagination={false}
          locale={{ emptyText: isPending ? ' ' : <Nothing title={t('noHoldouts')} /> }}
          columns={[
            { title: t('campaign'), dataIndex: 'campaign' },
            { title: t('share'), dataIndex: 'share', width: 90, render: (s: number) => format.share(s) },
            {
              title: '',
              key: 'state',
              width: 210,
              render: (_: unknown, h) =>
                h.state === 'proposed' && segment.mine ? (
                  <Flex gap={8}>
                    <Button size="small" type="primary" onClick={() => decide.mutate({ id: h.id, approve: true })}>
                      {t('approve')}
                    </Button>
                    <Button size="small" onClick={() => decide.mutate({ id: h.id, approve: false })}>
                      {t('decline')}
                    </Button>
                  </Flex>
                ) : (
                  <Tag color={colours[h.state]}>{t(h.state)}</Tag>
                ),
            },
          ]}
        />
      </Flex>
    </Card>
  );
}

/** HandOut gives the list away: consent respected, some held out at random, every export on record. */
export function HandOut({ segment }: { segment: SegmentView }) {
  const t = useWords(segmentWords);
  const format = useFormat();
  const { lang } = useLang();
  const user = useUser();
  const [purpose, setPurpose] = useState<'contact' | 'analysis'>('contact');
  const [campaign, setCampaign] = useState('');
  const [kind, setKind] = useState<'csv' | 'xlsx'>('xlsx');
  const [optIn, setOptIn] = useState(false);
  const past = useQuery({
    queryKey: ['segment', segment.id, 'exports'],
    queryFn: ({ signal }) => get<PastExport[]>(`segments/${segment.id}/exports`, undefined, signal),
  });
  const failure = useFailure();
  const { message } = App.useApp();
  const fetchFile = useMutation({
    mutationFn: async () => {
      const url = address(`segments/${segment.id}/export`, {
        purpose,
        campaign: purpose === 'contact' ? campaign.trim() : undefined,
        opt_in: optIn || undefined,
        format: kind,
        lang,
      });
      const response = await fetch(url, { credentials: 'same-origin' });
      if (!response.ok) {
        const problem = (await response.json()) as { detail?: string; detail_zh?: string };
        throw new Error((lang === 'zh' ? problem.detail_zh : undefined) ?? problem.detail ?? response.statusText);
      }
      const link = document.createElement('a');
      link.href = URL.createObjectURL(await response.blob());
      link.download = `${segment.title}.${kind}`;
      link.click();
      URL.revokeObjectURL(link.href);
    },
    onSuccess: () => void past.refetch(),
    onError: (fault) => void message.error(failure(fault).text, 8),
  });
  return (
    <Row gutter={[16, 16]}>
      <Col xs={24} xl={12}>
        <Holdouts segment={segment} />
      </Col>
      <Col xs={24} xl={12}>
        <Card size="small" title={t('exportFile')}>
          <Form layout="vertical">
            <Form.Item label={t('purpose')}>
              <Segmented
                value={purpose}
                onChange={setPurpose}
                options={[
                  { value: 'contact', label: t('contact') },
                  { value: 'analysis', label: t('analysis') },
                ]}
              />
            </Form.Item>
            {purpose === 'contact' && (
              <>
                <Alert type="info" showIcon title={t('contactHelp')} style={{ marginBottom: 12 }} />
                <Form.Item label={t('campaign')} htmlFor="export-campaign">
                  <Input id="export-campaign" value={campaign} onChange={(e) => setCampaign(e.target.value)} />
                </Form.Item>
                <Form.Item>
                  <Checkbox checked={optIn} onChange={(e) => setOptIn(e.target.checked)}>
                    {t('optIn')}
                  </Checkbox>
                </Form.Item>
              </>
            )}
            <Form.Item label={t('format')}>
              <Segmented
                value={kind}
                onChange={setKind}
                options={[
                  { value: 'xlsx', label: 'Excel' },
                  { value: 'csv', label: 'CSV' },
                ]}
              />
            </Form.Item>
            <Button
              type="primary"
              icon={<DownloadOutlined />}
              loading={fetchFile.isPending}
              disabled={!may(user, 'export') || (purpose === 'contact' && !campaign.trim())}
              onClick={() => fetchFile.mutate()}
            >
              {t('exportFile')}
            </Button>
          </Form>
        </Card>
      </Col>
      <Col span={24}>
        <Card size="small" title={t('exports')}>
          {past.error && <Failure error={past.error} retry={() => void past.refetch()} />}
          <Table
            size="small"
            rowKey="id"
            loading={past.isPending && !past.error}
            dataSource={past.data ?? []}
            pagination={{ pageSize: 20, hideOnSinglePage: true }}
            locale={{ emptyText: past.isPending ? ' ' : <Nothing title={t('noExports')} /> }}
            columns={[
              { title: t('when'), dataIndex: 'ts', width: 180, render: (ts: string) => format.time(ts) },
              { title: t('by'), dataIndex: 'actor', width: 180 },
              { title: t('version'), dataIndex: 'version', width: 90 },
              {
                title: t('note'),
                dataIndex: 'detail',
                render: (detail: Record<string, unknown>) => (
                  <span className="code">
                    {Object.entries(detail)
                      .map(([k, v]) => `${k}: ${typeof v === 'object' ? JSON.stringify(v) : String(v)}`)
                      .join(' · ')}
                  </span>
                ),
              },
            ]}
          />
        </Card>
      </Col>
    </Row>
  );
}
