import { Table } from 'antd';
import type { LinkageRun } from '../api/types';
import { useFormat, useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { More } from '../page/More';
import { Nothing } from '../page/Nothing';
import { usePages } from '../page/paging';
import { identityWords } from './words';

/** Runs shows how entities drifted from one linking to the next. */
export function Runs({ kind }: { kind: string }) {
  const t = useWords(identityWords);
  const format = useFormat();
  const { items, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = usePages<LinkageRun>(
    ['identity', 'runs'],
    'identity/runs',
    { kind, limit: 50 },
  );
  const count = (word: 'parties' | 'entities' | 'moved' | 'merged' | 'split' | 'pairs', title: string) => ({
    title,
    dataIndex: word,
    align: 'end' as const,
    width: 110,
    render: (n: number) => format.number(n),
  });
  return (
    <>
      {error && <Failure error={error} retry={() => void refetch()} />}
      <Table
        size="small"
        rowKey="seq"
        loading={isPending && !error}
        dataSource={items}
        pagination={false}
        scroll={{ x: 1000 }}
        locale={{ emptyText: isPending ? ' ' : <Nothing title={t('noRuns')} about={t('noRunsHelp')} /> }}
        columns={[
          { title: t('when'), dataIndex: 'ts', width: 170, render: (ts: string) => format.time(ts) },
          { title: t('kind'), dataIndex: 'kind', width: 100, render: (k: LinkageRun['kind']) => t(k) },
          count('parties', t('runParties')),
          count('entities', t('runEntities')),
          count('pairs', t('pairs')),
          count('moved', t('moved')),
          count('merged', t('merged')),
          count('split', t('splitUp')),
          {
            title: t('took'),
            dataIndex: 'seconds',
            width: 110,
            align: 'end',
            render: (s: number) => format.seconds(s),
          },
          { title: t('by'), dataIndex: 'actor', ellipsis: true },
        ]}
      />
      <More n={items.length} more={hasNextPage} loading={isFetchingNextPage} load={() => void fetchNextPage()} />
    </>
  );
}
