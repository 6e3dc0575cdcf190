import { UploadOutlined } from '../page/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Flex, Select } from 'antd';
import { Link, useSearchParams } from 'react-router';
import { get } from '../api/client';
import type { Batch, Page, Source } from '../api/types';
import { useWords } from '../lang/LangProvider';
import { csv, save } from '../page/csv';
import { Failure } from '../page/Failure';
import { More } from '../page/More';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { listOf, usePages } from '../page/paging';
import { pageWords } from '../page/words';
import { BatchTable } from './BatchTable';
import { batchWords } from './words';

export function BatchesPage() {
  const t = useWords(batchWords);
  const p = useWords(pageWords);
  const [params, setParams] = useSearchParams();
  const source = params.get('source') ?? '';
  const { items, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = usePages<Batch>(
    ['batches'],
    'batches',
    { source },
  );
  const sources = useQuery({
    queryKey: ['sources'],
    queryFn: async ({ signal }) => listOf(await get<Page<Source> | Source[]>('sources', undefined, signal)),
  });
  const button = (
    <Link to="/import">
      <Button type="primary" icon={<UploadOutlined />}>
        {t('import')}
      </Button>
    </Link>
  );
  return (
    <PageFrame title={t('batches')} about={t('about')} actions={button}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      <Card styles={{ body: { padding: 16 } }}>
        <Flex gap={8} justify="space-between" style={{ marginBottom: 12 }}>
          <Select
            aria-label={t('source')}
            style={{ width: 240 }}
            showSearch={{ optionFilterProp: 'label' }}
            value={source}
            onChange={(next: string) => setParams(next ? { source: next } : {}, { replace: true })}
            options={[
              { value: '', label: t('all') },
              ...(sources.data ?? []).map((s) => ({ value: s.name, label: s.title || s.name })),
            ]}
          />
          <Button
            onClick={() =>
              save(
                'batches.csv',
                csv(
                  ['id', 'source', 'file', 'loaded', 'state', 'rows', 'used', 'rejected', 'parties', 'events'],
                  items.map((b) => [
                    b.id,
                    b.source,
                    b.name,
                    b.loaded,
                    b.state,
                    b.rows,
                    b.used,
                    b.rejected,
                    b.parties,
                    b.events,
                  ]),
                ),
              )
            }
          >
            {p('exportCsv')}
          </Button>
        </Flex>
        <BatchTable
          batches={items}
          loading={isPending && !error}
          empty={
            <Nothing title={t('none')} about={t('noneHelp')}>
              {button}
            </Nothing>
          }
        />
        <More n={items.length} more={hasNextPage} loading={isFetchingNextPage} load={() => void fetchNextPage()} />
      </Card>
    </PageFrame>
  );
}
