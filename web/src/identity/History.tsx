import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Drawer, Flex, Popconfirm, Skeleton, Table, type TableProps, Tag, Typography } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { get, send } from '../api/client';
import type { IdentityChange, IdentityChangeView } from '../api/types';
import { useFormat, useLang, useWords } from '../lang/LangProvider';
import { Failure, useFailure } from '../page/Failure';
import { More } from '../page/More';
import { Nothing } from '../page/Nothing';
import { usePages } from '../page/paging';
import { may, useUser } from '../session/session';
import { identityWords } from './words';

function Detail({ seq }: { seq: number }) {
  const t = useWords(identityWords);
  const { lang } = useLang();
  const format = useFormat();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['identity', 'change', seq],
    queryFn: ({ signal }) => get<IdentityChangeView>(`identity/changes/${seq}`, undefined, signal),
  });
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (isPending) return <Skeleton active />;
  return (
    <Flex vertical gap={16}>
      {data.reason && <Typography.Text>{data.reason}</Typography.Text>}
      {data.effects.length > 0 && (
        <div>
          <Typography.Text strong>{t('effects')}</Typography.Text>
          {data.effects.map((e) => (
            <div key={e.of + e.what}>
              {lang === 'zh' ? e.what_zh : e.what}{' '}
              <Typography.Text type="secondary">{format.number(e.n)}</Typography.Text>
            </div>
          ))}
        </div>
      )}
      <div>
        <Typography.Text strong>
          {t('moves')} ({format.number(data.moves.length)})
        </Typography.Text>
        {data.moves.slice(0, 100).map((m) => (
          <div key={m.party} className="code">
            <Link to={`/parties/${m.party}`}>{m.party.slice(0, 8)}</Link>: {m.before.slice(0, 8)} →{' '}
            {m.after.slice(0, 8)}
          </div>
        ))}
      </div>
    </Flex>
  );
}

/** History lists what was merged, split, judged and undone; what stands can be undone. */
export function History() {
  const t = useWords(identityWords);
  const format = useFormat();
  const failure = useFailure();
  const user = useUser();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [open, setOpen] = useState<number>();
  const { items, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = usePages<IdentityChange>(
    ['identity', 'changes'],
    'identity/changes',
    { limit: 50 },
  );
  const undo = useMutation({
    mutationFn: (seq: number) => send<IdentityChangeView>('POST', 'identity/undo', { change: seq }),
    onSuccess: () => {
      void message.success(t('undone'));
      void client.invalidateQueries({ queryKey: ['identity'] });
      void client.invalidateQueries({ queryKey: ['review'] });
    },
    onError: (fault) => void message.error(failure(fault).text),
  });
  const review = may(user, 'review');
  const columns: TableProps<IdentityChange>['columns'] = [
    { title: '#', dataIndex: 'seq', width: 80, align: 'end' },
    { title: t('when'), dataIndex: 'ts', width: 170, render: (ts: string) => format.time(ts) },
    {
      title: t('act'),
      dataIndex: 'act',
      width: 110,
      render: (act: IdentityChange['act'], c) => (
        <>
          <Tag>{t(`act_${act}`)}</Tag>
          {c.undoes > 0 && <Typography.Text type="secondary">#{c.undoes}</Typography.Text>}
        </>
      ),
    },
    {
      title: t('kind'),
      dataIndex: 'kind',
      width: 100,
      render: (kind: string) => (kind === 'account' || kind === 'person' || kind === 'staff' ? t(kind) : kind),
    },
    {
      title: t('entities'),
      dataIndex: 'entities',
      render: (all: string[]) => (
        <>
          {all.slice(0, 3).map((id) => (
            <Link key={id} to={`/parties/${id}`} className="code" style={{ marginInlineEnd: 8 }}>
              {id.slice(0, 8)}
            </Link>
          ))}
          {all.length > 3 && <Typography.Text type="secondary">+{format.number(all.length - 3)}</Typography.Text>}
        </>
      ),
    },
    { title: t('by'), dataIndex: 'actor', width: 160, ellipsis: true },
    { title: t('reason'), dataIndex: 'reason', ellipsis: true, render: (reason: string) => reason || '–' },
    {
      title: '',
      key: 'do',
      width: 190,
      render: (_: unknown, c) => (
        <Flex gap={8}>
          <Button size="small" type="text" onClick={() => setOpen(c.seq)}>
            {t('details')}
          </Button>
          {c.undone > 0 ? (
            <Tag>
              {t('undone')} #{c.undone}
            </Tag>
          ) : (
            review &&
            c.act !== 'run' &&
            c.act !== 'forget' && (
              <Popconfirm
                title={t('undo')}
                description={<div style={{ maxWidth: 280 }}>{t('undoHelp')}</div>}
                onConfirm={() => undo.mutate(c.seq)}
              >
                <Button size="small">{t('undo')}</Button>
              </Popconfirm>
            )
          )}
        </Flex>
      ),
    },
  ];
  return (
    <>
      {error && <Failure error={error} retry={() => void refetch()} />}
      <Table
        size="small"
        rowKey="seq"
        loading={isPending && !error}
        columns={columns}
        dataSource={items}
        pagination={false}
        scroll={{ x: 1000 }}
        locale={{ emptyText: isPending ? ' ' : <Nothing title={t('noHistory')} about={t('noHistoryHelp')} /> }}
      />
      <More n={items.length} more={hasNextPage} loading={isFetchingNextPage} load={() => void fetchNextPage()} />
      <Drawer
        open={open !== undefined}
        onClose={() => setOpen(undefined)}
        title={`#${open ?? ''}`}
        destroyOnHidden
        size="min(560px, 92vw)"
      >
        {open !== undefined && <Detail seq={open} />}
      </Drawer>
    </>
  );
}
