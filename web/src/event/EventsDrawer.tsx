import { ArrowLeftOutlined, ExportOutlined } from '../page/icons';
import { Button, Drawer, Flex, Grid, Skeleton, Table, type TableProps, Typography } from 'antd';
import { Link } from 'react-router';
import type { Query } from '../api/client';
import type { Event, EventDetail } from '../api/types';
import { useFormat, useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { More } from '../page/More';
import { Nothing } from '../page/Nothing';
import { usePages } from '../page/paging';
import { EventBody } from './EventBody';
import { Verb } from './EventFacts';
import { useEvent } from './event';
import { useTerm } from './verb';
import { eventWords } from './words';

type Props = {
  open: boolean;
  title: string;
  about?: string;
  query: Query;
  event: string;
  onEvent: (id: string) => void;
  onClose: () => void;
};

/** EventsDrawer: the events behind a figure, then one of them with its original row. */
export function EventsDrawer({ open, title, about, query, event, onEvent, onClose }: Props) {
  const t = useWords(eventWords);
  const screens = Grid.useBreakpoint();
  const one = useEvent(open && event ? event : undefined);
  return (
    <Drawer
      open={open}
      onClose={onClose}
      size={screens.md === false ? '100%' : 'min(1080px, 86vw)'}
      destroyOnHidden
      title={
        event ? (
          <Flex align="center" gap={8}>
            <Button
              type="text"
              size="small"
              icon={<ArrowLeftOutlined />}
              aria-label={t('back')}
              onClick={() => onEvent('')}
            />
            {t('event')}
          </Flex>
        ) : (
          <div>
            {title}
            {about && (
              <Typography.Text type="secondary" style={{ display: 'block', fontWeight: 400, fontSize: 13 }}>
                {about}
              </Typography.Text>
            )}
          </div>
        )
      }
      extra={
        event && (
          <Link to={`/events/${event}`}>
            <Button size="small" icon={<ExportOutlined />}>
              {t('openPage')}
            </Button>
          </Link>
        )
      }
    >
      {event ? (
        <>
          {one.error && <Failure error={one.error} retry={() => void one.refetch()} />}
          {one.isPending && !one.error && <Skeleton active />}
          {one.data && <EventBody event={one.data as EventDetail} />}
        </>
      ) : (
        open && <EventList query={query} onEvent={onEvent} />
      )}
    </Drawer>
  );
}

function EventList({ query, onEvent }: { query: Query; onEvent: (id: string) => void }) {
  const t = useWords(eventWords);
  const format = useFormat();
  const term = useTerm();
  const { items, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = usePages<Event>(
    ['explore', 'events'],
    'explore/events',
    { ...query, limit: 50 },
  );
  const columns: TableProps<Event>['columns'] = [
    {
      title: t('time'),
      dataIndex: 'ts',
      width: 190,
      render: (ts: string, e) => (
        <Button
          type="link"
          size="small"
          style={{ padding: 0 }}
          onClick={(click) => {
            click.stopPropagation();
            onEvent(e.id);
          }}
        >
          {format.known(ts, e.ts_precision)}
        </Button>
      ),
    },
    { title: t('verb'), dataIndex: 'verb', width: 170, render: (verb: string) => <Verb verb={verb} /> },
    {
      title: t('account'),
      key: 'account',
      width: 200,
      ellipsis: true,
      render: (_: unknown, e) => e.account?.name || e.person?.name || '–',
    },
    { title: t('staff'), key: 'staff', width: 120, ellipsis: true, render: (_: unknown, e) => e.staff?.name || '–' },
    {
      title: t('amount'),
      key: 'amount',
      width: 130,
      align: 'end',
      render: (_: unknown, e) =>
        e.amount === null || e.amount === undefined ? '–' : `${format.decimal(e.amount)} ${e.currency ?? ''}`,
    },
    {
      title: t('object'),
      key: 'object',
      width: 170,
      ellipsis: true,
      render: (_: unknown, e) =>
        e.object?.key ? `${term('object_kind', e.object.kind)} ${e.object.key}` : (e.text ?? '–'),
    },
    { title: t('source'), dataIndex: 'source', width: 130, ellipsis: true },
  ];
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  return (
    <>
      <Table
        size="small"
        rowKey="id"
        className="clickable"
        loading={isPending}
        columns={columns}
        dataSource={items}
        pagination={false}
        scroll={{ x: 900 }}
        onRow={(e) => ({ onClick: () => onEvent(e.id) })}
        locale={{ emptyText: isPending ? ' ' : <Nothing title={t('none')} about={t('noneHelp')} /> }}
      />
      <More n={items.length} more={hasNextPage} loading={isFetchingNextPage} load={() => void fetchNextPage()} />
    </>
  );
}
