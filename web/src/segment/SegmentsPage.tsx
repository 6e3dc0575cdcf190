import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Segmented, Table, type TableProps, Tag } from 'antd';
import { Link, useSearchParams } from 'react-router';
import { get, send } from '../api/client';
import type { SegmentView } from '../api/types';
import { useFormat, useWords } from '../lang/LangProvider';
import { Failure, useFailure } from '../page/Failure';
import { PlusOutlined } from '../page/icons';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { segmentWords } from './words';

export function SegmentsPage() {
  const t = useWords(segmentWords);
  const format = useFormat();
  const failure = useFailure();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [search, setSearch] = useSearchParams();
  const bin = search.get('bin') === '1';
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['segments', bin],
    queryFn: ({ signal }) => get<SegmentView[]>('segments', bin ? { removed: true } : undefined, signal),
  });
  const refresh = () => void client.invalidateQueries({ queryKey: ['segments'] });
  const restore = useMutation({
    mutationFn: (id: string) => send('POST', `segments/${id}/restore`),
    onSuccess: () => {
      void message.success(t('restored'));
      refresh();
    },
    onError: (fault) => void message.error(failure(fault).text),
  });
  const remove = useMutation({
    mutationFn: (id: string) => send('DELETE', `segments/${id}`),
    onSuccess: (_, id) => {
      void message.success(
        <>
          {t('removed')}{' '}
          <Button type="link" size="small" onClick={() => restore.mutate(id)}>
            {t('undo')}
          </Button>
        </>,
      );
      refresh();
    },
    onError: (fault) => void message.error(failure(fault).text),
  });
  const columns: TableProps<SegmentView>['columns'] = [
    {
      title: t('title'),
      dataIndex: 'title',
      sorter: (a, b) => a.title.localeCompare(b.title),
      render: (title: string, s) => (bin ? title : <Link to={`/segments/${s.id}`}>{title}</Link>),
    },
    { title: t('note'), dataIndex: 'about', ellipsis: true, render: (about: string) => about || '–' },
    { title: t('kind'), dataIndex: 'kind', width: 90, render: (kind: SegmentView['kind']) => t(kind) },
    {
      title: t('mode'),
      dataIndex: 'mode',
      width: 90,
      render: (mode: SegmentView['mode']) => <Tag>{mode === 'static' ? t('staticShort') : t('dynamicShort')}</Tag>,
    },
    {
      title: t('members'),
      dataIndex: 'members',
      width: 110,
      align: 'end',
      sorter: (a, b) => a.members - b.members,
      render: (n: number, s) => (s.refreshed ? format.number(n) : '–'),
    },
    { title: t('owner'), dataIndex: 'owner', width: 150, ellipsis: true },
    {
      title: t('changed'),
      dataIndex: 'changed',
      width: 140,
      defaultSortOrder: 'descend',
      sorter: (a, b) => a.changed.localeCompare(b.changed),
      render: (ts: string) => <span title={format.exact(ts)}>{format.ago(ts)}</span>,
    },
    {
      title: '',
      key: 'do',
      width: 130,
      render: (_: unknown, s) =>
        s.mine &&
        (bin ? (
          <Button size="small" onClick={() => restore.mutate(s.id)}>
            {t('restore')}
          </Button>
        ) : (
          <Button size="small" type="text" onClick={() => remove.mutate(s.id)}>
            {t('remove')}
          </Button>
        )),
    },
  ];
  const add = (
    <Link to="/segments/new">
      <Button type="primary" icon={<PlusOutlined />}>
        {t('add')}
      </Button>
    </Link>
  );
  return (
    <PageFrame title={t('segments')} about={t('about')} actions={add}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      <Card styles={{ body: { padding: 16 } }}>
        <Segmented
          value={bin ? 'bin' : 'use'}
          onChange={(value) => setSearch(value === 'bin' ? { bin: '1' } : {}, { replace: true })}
          options={[
            { value: 'use', label: t('inUse') },
            { value: 'bin', label: t('bin') },
          ]}
          style={{ marginBottom: 12 }}
        />
        <Table
          size="small"
          rowKey="id"
          loading={isPending && !error}
          columns={columns}
          dataSource={data ?? []}
          pagination={{ pageSize: 50, hideOnSinglePage: true }}
          scroll={{ x: 900 }}
          locale={{
            emptyText: isPending ? (
              ' '
            ) : bin ? (
              <Nothing title={t('noneBin')} />
            ) : (
              <Nothing title={t('none')} about={t('noneHelp')}>
                {add}
              </Nothing>
            ),
          }}
        />
      </Card>
    </PageFrame>
  );
}
