import { Table, type TableProps, Typography } from 'antd';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Batch } from '../api/types';
import { useFormat, useWords } from '../lang/LangProvider';
import { BatchState } from './BatchState';
import { batchWords } from './words';

type Props = { batches: Batch[]; loading?: boolean; source?: boolean; empty?: ReactNode; paged?: boolean };

export function BatchTable({ batches, loading = false, source = true, empty, paged = false }: Props) {
  const t = useWords(batchWords);
  const format = useFormat();
  const columns: TableProps<Batch>['columns'] = [
    {
      title: t('file'),
      dataIndex: 'name',
      ellipsis: true,
      render: (name: string, b) => (
        <Link to={`/batches/${b.id}`}>
          {name}
          {b.member ? ` / ${b.member}` : ''}
        </Link>
      ),
    },
    ...(source
      ? [
          {
            title: t('source'),
            dataIndex: 'source',
            width: 150,
            ellipsis: true,
            render: (name: string) => <Link to={`/sources/${encodeURIComponent(name)}`}>{name}</Link>,
          },
        ]
      : []),
    {
      title: t('loaded'),
      dataIndex: 'loaded',
      width: 150,
      sorter: (a, b) => (a.loaded ?? '').localeCompare(b.loaded ?? ''),
      render: (ts?: string) => <span title={format.exact(ts)}>{format.time(ts)}</span>,
    },
    {
      title: t('rows'),
      dataIndex: 'rows',
      width: 100,
      align: 'end',
      sorter: (a, b) => a.rows - b.rows,
      render: (n: number) => format.number(n),
    },
    {
      title: t('rejected'),
      dataIndex: 'rejected',
      width: 100,
      align: 'end',
      sorter: (a, b) => a.rejected - b.rejected,
      render: (n: number, b) =>
        n > 0 ? (
          <Link to={`/batches/${b.id}?tab=rejects`}>{format.number(n)}</Link>
        ) : (
          <Typography.Text type="secondary">0</Typography.Text>
        ),
    },
    {
      title: t('events'),
      dataIndex: 'events',
      width: 110,
      align: 'end',
      sorter: (a, b) => a.events - b.events,
      render: (n: number) => format.number(n),
    },
    {
      title: t('state'),
      dataIndex: 'state',
      width: 120,
      render: (state: Batch['state']) => <BatchState state={state} />,
    },
  ];
  return (
    <Table
      size="small"
      rowKey="id"
      loading={loading}
      columns={columns}
      dataSource={batches}
      scroll={{ x: 860 }}
      pagination={paged ? { pageSize: 20, hideOnSinglePage: true } : false}
      {...(empty ? { locale: { emptyText: loading ? ' ' : empty } } : {})}
    />
  );
}
