import { DownloadOutlined } from '../page/icons';
import { Button, Flex, Select, Table, type TableProps } from 'antd';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { address } from '../api/client';
import type { Reject } from '../api/types';
import { usePick, useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { More } from '../page/More';
import { Nothing } from '../page/Nothing';
import { usePages } from '../page/paging';
import { batchWords } from './words';

/** RejectTable lists what could not be used, each with its reason and its text as it stood. */
export function RejectTable({
  rejects,
  batch,
  loading = false,
  empty,
}: {
  rejects: Reject[];
  batch?: string;
  loading?: boolean;
  empty?: string;
}) {
  const t = useWords(batchWords);
  const pick = usePick();
  const columns: TableProps<Reject>['columns'] = [
    {
      title: t('row'),
      dataIndex: 'row',
      width: 90,
      align: 'end',
      render: (row: number) => (batch && row > 0 ? <Link to={`/batches/${batch}/rows/${row}`}>{row}</Link> : row),
    },
    { title: t('line'), dataIndex: 'line', width: 90, align: 'end' },
    { title: t('table'), dataIndex: 'table', width: 140, ellipsis: true },
    {
      title: t('column'),
      dataIndex: 'column',
      width: 150,
      ellipsis: true,
      render: (column: string) => column || t('wholeRow'),
    },
    { title: t('code'), dataIndex: 'code', width: 170, render: (code: string) => <span className="code">{code}</span> },
    { title: t('reason'), key: 'reason', width: 320, render: (_: unknown, r) => pick(r, 'reason') },
    {
      title: t('text'),
      dataIndex: 'text',
      width: 320,
      ellipsis: true,
      render: (text: string) => <span className="code">{text}</span>,
    },
  ];
  return (
    <Table
      size="small"
      rowKey={(r) => `${r.table ?? ''}:${r.row}:${r.line}:${r.column}:${r.code}`}
      loading={loading}
      columns={columns}
      dataSource={rejects}
      pagination={false}
      scroll={{ x: 1200 }}
      expandable={{
        rowExpandable: (r) => r.text.length > 40,
        expandedRowRender: (r) => (
          <div className="code" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {r.text}
          </div>
        ),
      }}
      locale={{ emptyText: loading ? ' ' : <Nothing title={empty ?? t('noRejects')} /> }}
    />
  );
}

export function Rejects({ batch, known }: { batch: string; known: number }) {
  const t = useWords(batchWords);
  const [code, setCode] = useState('');
  const { items, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = usePages<Reject>(
    ['rejects', batch],
    `batches/${batch}/rejects`,
    { code, limit: 100 },
  );
  const everything = usePages<Reject>(['rejects', batch], `batches/${batch}/rejects`, { code: '', limit: 100 });
  const codes = useMemo(() => [...new Set(everything.items.map((r) => r.code))].sort(), [everything.items]);
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  return (
    <>
      {(known > 0 || items.length > 0) && (
        <Flex justify="space-between" gap={8} style={{ marginBottom: 12 }}>
          <Select
            aria-label={t('filterCode')}
            style={{ width: 260 }}
            value={code}
            onChange={setCode}
            options={[{ value: '', label: t('all') }, ...codes.map((c) => ({ value: c, label: c }))]}
          />
          <Button icon={<DownloadOutlined />} href={address(`batches/${batch}/rejects.xlsx`)}>
            {t('download')}
          </Button>
        </Flex>
      )}
      <RejectTable rejects={items} batch={batch} loading={isPending} {...(code ? { empty: t('noRejectsOf') } : {})} />
      <More n={items.length} more={hasNextPage} loading={isFetchingNextPage} load={() => void fetchNextPage()} />
    </>
  );
}
