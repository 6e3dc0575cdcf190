import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Flex, Table, Typography } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { send } from '../api/client';
import type { SegmentMember, SegmentRefresh, SegmentView } from '../api/types';
import { useFormat, useWords } from '../lang/LangProvider';
import { Failure, useFailure } from '../page/Failure';
import { More } from '../page/More';
import { Nothing } from '../page/Nothing';
import { usePages } from '../page/paging';
import { Why } from './Why';
import { segmentWords } from './words';

export function Members({ segment }: { segment: SegmentView }) {
  const t = useWords(segmentWords);
  const format = useFormat();
  const failure = useFailure();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [who, setWho] = useState<{ entity: string; name: string }>();
  const { items, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = usePages<SegmentMember>(
    ['segment-members', segment.id],
    `segments/${segment.id}/members`,
    { limit: 100 },
  );
  const refresh = useMutation({
    mutationFn: () =>
      send<SegmentRefresh>('POST', `segments/${segment.id}/refresh${segment.mode === 'static' ? '?take=true' : ''}`),
    onSuccess: (r) => {
      void message.success(t('refreshed', { came: r.came, went: r.went }));
      void client.invalidateQueries({ queryKey: ['segment-members', segment.id] });
      void client.invalidateQueries({ queryKey: ['segment', segment.id] });
      void client.invalidateQueries({ queryKey: ['segments'] });
    },
    onError: (fault) => void message.error(failure(fault).text),
  });
  return (
    <>
      <Flex justify="space-between" align="center" style={{ marginBottom: 12 }}>
        <Typography.Text type="secondary">
          {segment.refreshed ? `${format.number(segment.members)} · ${format.ago(segment.refreshed)}` : t('never')}
        </Typography.Text>
        <Button loading={refresh.isPending} onClick={() => refresh.mutate()}>
          {t('refresh')}
        </Button>
      </Flex>
      {error && <Failure error={error} retry={() => void refetch()} />}
      <Table
        size="small"
        rowKey="entity"
        loading={isPending && !error}
        dataSource={items}
        pagination={false}
        locale={{ emptyText: isPending ? ' ' : <Nothing title={t('never')} /> }}
        columns={[
          {
            title: t('name'),
            dataIndex: 'name',
            render: (name: string, m) => <Link to={`/customers/${m.entity}`}>{name || m.entity.slice(0, 8)}</Link>,
          },
          { title: t('since'), dataIndex: 'since', width: 180, render: (ts: string) => format.time(ts) },
          {
            title: '',
            key: 'why',
            width: 110,
            render: (_: unknown, m) => (
              <Button size="small" type="text" onClick={() => setWho({ entity: m.entity, name: m.name })}>
                {t('why')}
              </Button>
            ),
          },
        ]}
      />
      <More n={items.length} more={hasNextPage} loading={isFetchingNextPage} load={() => void fetchNextPage()} />
      <Why rule={segment.rule} kind={segment.kind} who={who} onClose={() => setWho(undefined)} />
    </>
  );
}
