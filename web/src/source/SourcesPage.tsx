import { UploadOutlined } from '../page/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Flex, Input, Table, type TableProps, Typography } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { get } from '../api/client';
import type { Page, Source } from '../api/types';
import { useFormat, useWords } from '../lang/LangProvider';
import { csv, save } from '../page/csv';
import { Failure } from '../page/Failure';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { listOf } from '../page/paging';
import { pageWords } from '../page/words';
import { may, useUser } from '../session/session';
import { Health } from './Health';
import { sourceWords } from './words';

export function SourcesPage() {
  const t = useWords(sourceWords);
  const p = useWords(pageWords);
  const format = useFormat();
  const user = useUser();
  const [text, setText] = useState('');
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['sources'],
    queryFn: async ({ signal }) => listOf(await get<Page<Source>>('sources', undefined, signal)),
  });
  const button = may(user, 'import') && (
    <Link to="/import">
      <Button type="primary" icon={<UploadOutlined />}>
        {t('import')}
      </Button>
    </Link>
  );
  const q = text.trim().toLowerCase();
  const shown = (data ?? []).filter((s) => !q || `${s.name} ${s.title}`.toLowerCase().includes(q));
  const number = (word: 'batches' | 'events' | 'parties' | 'rejects') => ({
    title: t(word),
    dataIndex: word,
    align: 'end' as const,
    width: 120,
    sorter: (a: Source, b: Source) => a[word] - b[word],
    render: (n: number) => format.number(n),
  });
  const columns: TableProps<Source>['columns'] = [
    {
      title: t('name'),
      dataIndex: 'name',
      width: 280,
      sorter: (a, b) => a.name.localeCompare(b.name),
      render: (name: string, s) => (
        <Link to={`/sources/${encodeURIComponent(name)}`}>
          {s.title || name}
          {s.title && s.title !== name && <Typography.Text type="secondary"> {name}</Typography.Text>}
        </Link>
      ),
    },
    {
      title: t('kind'),
      dataIndex: 'kind',
      width: 130,
      filters: (['files', 'api', 'folder'] as const).map((kind) => ({ value: kind, text: t(kind) })),
      onFilter: (value, s) => s.kind === value,
      render: (kind: Source['kind']) => t(kind),
    },
    {
      title: t('health'),
      dataIndex: 'health',
      width: 120,
      filters: (['ok', 'late', 'failing', 'empty'] as const).map((health) => ({ value: health, text: t(health) })),
      onFilter: (value, s) => s.health === value,
      render: (_: unknown, s) => <Health source={s} />,
    },
    number('batches'),
    number('events'),
    number('parties'),
    number('rejects'),
    {
      title: t('last'),
      dataIndex: 'last_loaded',
      width: 160,
      sorter: (a, b) => (a.last_loaded ?? '').localeCompare(b.last_loaded ?? ''),
      defaultSortOrder: 'descend',
      render: (ts?: string) => <span title={format.exact(ts)}>{format.ago(ts)}</span>,
    },
  ];
  return (
    <PageFrame title={t('sources')} about={t('about')} actions={button}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      <Card styles={{ body: { padding: 16 } }}>
        <Flex justify="space-between" gap={8} style={{ marginBottom: 12 }}>
          <Input.Search
            allowClear
            value={text}
            onChange={(e) => setText(e.target.value)}
            placeholder={p('search')}
            aria-label={p('search')}
            style={{ width: 260 }}
          />
          <Button
            onClick={() =>
              save(
                'sources.csv',
                csv(
                  ['name', 'title', 'kind', 'health', 'batches', 'events', 'parties', 'rejects', 'last_loaded'],
                  shown.map((s) => [
                    s.name,
                    s.title,
                    s.kind,
                    s.health,
                    s.batches,
                    s.events,
                    s.parties,
                    s.rejects,
                    s.last_loaded,
                  ]),
                ),
              )
            }
          >
            {p('exportCsv')}
          </Button>
        </Flex>
        <Table
          size="small"
          rowKey="name"
          loading={isPending && !error}
          columns={columns}
          dataSource={shown}
          scroll={{ x: 900 }}
          pagination={{ pageSize: 50, hideOnSinglePage: true }}
          locale={{
            emptyText: isPending ? (
              ' '
            ) : q ? (
              <Nothing title={t('noMatch')} />
            ) : (
              <Nothing title={t('none')} about={t('noneHelp')}>
                {button}
              </Nothing>
            ),
          }}
        />
      </Card>
    </PageFrame>
  );
}
