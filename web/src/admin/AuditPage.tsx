import { DownloadOutlined, SafetyCertificateOutlined } from '../page/icons';
import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Card, DatePicker, Flex, Input, Table, type TableProps, Typography } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { address, get } from '../api/client';
import type { AuditCheck, AuditEntry } from '../api/types';
import { useFormat, useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { More } from '../page/More';
import { PageFrame } from '../page/PageFrame';
import { usePages } from '../page/paging';
import { adminWords } from './words';

function detailText(detail: unknown): string {
  if (detail === null || detail === undefined || detail === '') return '';
  return typeof detail === 'string' ? detail : JSON.stringify(detail);
}

export function AuditPage() {
  const t = useWords(adminWords);
  const format = useFormat();
  const [params, setParams] = useSearchParams();
  const filter = {
    actor: params.get('actor') ?? '',
    action: params.get('action') ?? '',
    since: params.get('since') ?? '',
    until: params.get('until') ?? '',
  };
  const [actor, setActor] = useState(filter.actor);
  const [action, setAction] = useState(filter.action);
  const put = (change: Partial<typeof filter>) => {
    const next = { ...filter, ...change };
    setParams(
      Object.entries(next).filter(([, value]) => value),
      { replace: true },
    );
  };
  const query = {
    actor: filter.actor,
    action: filter.action,
    since: filter.since ? dayjs(filter.since).startOf('day').toISOString() : '',
    until: filter.until ? dayjs(filter.until).add(1, 'day').startOf('day').toISOString() : '',
  };
  const { items, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = usePages<AuditEntry>(
    ['audit'],
    'audit',
    query,
  );
  const verify = useMutation({ mutationFn: () => get<AuditCheck>('audit/verify') });
  const check = verify.data;
  const columns: TableProps<AuditEntry>['columns'] = [
    { title: t('seq'), dataIndex: 'seq', width: 80, align: 'end' },
    { title: t('time'), dataIndex: 'ts', width: 180, render: (ts: string) => format.exact(ts) },
    { title: t('actor'), dataIndex: 'actor', width: 140 },
    {
      title: t('action'),
      dataIndex: 'action',
      width: 180,
      render: (text: string) => <span className="code">{text}</span>,
    },
    { title: t('target'), dataIndex: 'target', ellipsis: true },
    {
      title: t('detail'),
      dataIndex: 'detail',
      ellipsis: true,
      render: (detail: unknown) => <span className="code">{detailText(detail)}</span>,
    },
    {
      title: t('hash'),
      dataIndex: 'hash',
      width: 130,
      render: (hash: string) => (
        <span className="code" title={hash}>
          {hash.slice(0, 12)}
        </span>
      ),
    },
  ];
  return (
    <PageFrame
      title={t('audit')}
      about={t('auditAbout')}
      actions={
        <>
          <Button icon={<DownloadOutlined />} href={address('audit/export.csv', query)}>
            {t('export')}
          </Button>
          <Button
            type="primary"
            icon={<SafetyCertificateOutlined />}
            loading={verify.isPending}
            onClick={() => verify.mutate()}
          >
            {t('verify')}
          </Button>
        </>
      }
    >
      {check && (
        <Alert
          showIcon
          role="status"
          type={check.ok ? 'success' : 'error'}
          title={check.ok ? t('verified', { n: check.checked }) : t('tampered', { n: check.broken_at ?? 0 })}
          description={
            <span className="code" style={{ overflowWrap: 'anywhere' }}>
              {t('head')}: {check.head}
            </span>
          }
        />
      )}
      {verify.isError && <Failure error={verify.error} />}
      {error && <Failure error={error} retry={() => void refetch()} />}
      <Card styles={{ body: { padding: 16 } }}>
        <Flex gap={8} wrap style={{ marginBottom: 12 }}>
          <Input.Search
            allowClear
            style={{ width: 200 }}
            value={actor}
            placeholder={t('actor')}
            aria-label={t('actor')}
            onChange={(e) => setActor(e.target.value)}
            onSearch={(value) => put({ actor: value.trim() })}
          />
          <Input.Search
            allowClear
            style={{ width: 220 }}
            value={action}
            placeholder={t('action')}
            aria-label={t('action')}
            onChange={(e) => setAction(e.target.value)}
            onSearch={(value) => put({ action: value.trim() })}
          />
          <DatePicker.RangePicker
            allowEmpty={[true, true]}
            aria-label={t('range')}
            value={[filter.since ? dayjs(filter.since) : null, filter.until ? dayjs(filter.until) : null]}
            onChange={(range) =>
              put({ since: range?.[0]?.format('YYYY-MM-DD') ?? '', until: range?.[1]?.format('YYYY-MM-DD') ?? '' })
            }
          />
        </Flex>
        <Table
          size="small"
          rowKey="seq"
          loading={isPending && !error}
          columns={columns}
          dataSource={items}
          pagination={false}
          scroll={{ x: 1000 }}
          locale={{ emptyText: <Typography.Text type="secondary">{t('noAudit')}</Typography.Text> }}
          expandable={{
            rowExpandable: (entry) => detailText(entry.detail).length > 40,
            expandedRowRender: (entry) => (
              <div className="code" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                {typeof entry.detail === 'string' ? entry.detail : JSON.stringify(entry.detail, null, 2)}
              </div>
            ),
          }}
        />
        <More n={items.length} more={hasNextPage} loading={isFetchingNextPage} load={() => void fetchNextPage()} />
      </Card>
    </PageFrame>
  );
}
