import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Flex, Table, Tag, Typography } from 'antd';
import { Link } from 'react-router';
import { get, send } from '../api/client';
import type { SegmentVersion, SegmentView } from '../api/types';
import { useTerm } from '../event/verb';
import { useFormat, useWords } from '../lang/LangProvider';
import { Failure, useFailure } from '../page/Failure';
import { segmentWords } from './words';

/** Versions shows what a segment was, what it rests on, and who rests on it. */
export function Versions({ segment }: { segment: SegmentView }) {
  const t = useWords(segmentWords);
  const format = useFormat();
  const term = useTerm();
  const failure = useFailure();
  const client = useQueryClient();
  const { message } = App.useApp();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['segment', segment.id, 'versions'],
    queryFn: ({ signal }) => get<SegmentVersion[]>(`segments/${segment.id}/versions`, undefined, signal),
  });
  const restore = useMutation({
    mutationFn: (version: number) => send<SegmentView>('POST', `segments/${segment.id}/restore?version=${version}`),
    onSuccess: (kept) => {
      void message.success(t('saved', { n: kept.version }));
      void client.invalidateQueries({ queryKey: ['segment', segment.id] });
    },
    onError: (fault) => void message.error(failure(fault).text),
  });
  const uses = [
    ...segment.uses.traits,
    ...segment.uses.verbs.map((v) => term('verb', v)),
    ...segment.uses.fields,
    ...segment.uses.segments,
  ];
  return (
    <Flex vertical gap={12}>
      {uses.length > 0 && (
        <div>
          <Typography.Text type="secondary">{t('lineage')}: </Typography.Text>
          {uses.map((u) => (
            <Tag key={u}>{u}</Tag>
          ))}
        </div>
      )}
      {segment.used_by.length > 0 && (
        <div>
          <Typography.Text type="secondary">{t('usedBy')}: </Typography.Text>
          {segment.used_by.map((u) => (
            <Link key={u.id} to={`/segments/${u.id}`} style={{ marginInlineEnd: 8 }}>
              {u.title}
            </Link>
          ))}
        </div>
      )}
      {error && <Failure error={error} retry={() => void refetch()} />}
      <Table
        size="small"
        rowKey="version"
        loading={isPending && !error}
        dataSource={data ?? []}
        pagination={false}
        expandable={{
          expandedRowRender: (v) => (
            <pre className="code" style={{ margin: 0, overflow: 'auto' }}>
              {JSON.stringify(v.rule, null, 2)}
            </pre>
          ),
        }}
        columns={[
          { title: t('version'), dataIndex: 'version', width: 90, align: 'end' },
          { title: t('title'), dataIndex: 'title' },
          { title: t('by'), dataIndex: 'actor', width: 170 },
          { title: t('when'), dataIndex: 'ts', width: 180, render: (ts: string) => format.time(ts) },
          {
            title: '',
            key: 'do',
            width: 140,
            render: (_: unknown, v) =>
              segment.mine &&
              v.version !== segment.version && (
                <Button size="small" onClick={() => restore.mutate(v.version)}>
                  {t('backTo')}
                </Button>
              ),
          },
        ]}
      />
    </Flex>
  );
}
