import { Button, DatePicker, Drawer, Flex, Input, Select, Skeleton, Typography } from 'antd';
import dayjs from 'dayjs';
import { useDeferredValue, useState } from 'react';
import { Link } from 'react-router';
import type { CustomerView, EventDetail, TimelineItem } from '../api/types';
import { EventBody } from '../event/EventBody';
import { Verb } from '../event/EventFacts';
import { useEvent } from '../event/event';
import { useTerm } from '../event/verb';
import { useFormat, useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { More } from '../page/More';
import { Nothing } from '../page/Nothing';
import { usePages } from '../page/paging';
import { byDay } from './customer';
import { customerWords } from './words';

/** Entry is one event in one line; the whole of it opens beside the list. */
function Entry({ item, open }: { item: TimelineItem; open: (id: string) => void }) {
  const format = useFormat();
  const term = useTerm();
  const clock = item.ts_precision === 'day' || item.ts_precision === 'month' ? '' : format.time(item.ts).slice(-5);
  return (
    <Flex gap={12} align="baseline" style={{ padding: '5px 0', minWidth: 0 }}>
      <Typography.Text type="secondary" className="numbers" style={{ width: 40, flex: 'none' }}>
        {clock}
      </Typography.Text>
      <Button type="text" size="small" style={{ padding: 0, flex: 'none' }} onClick={() => open(item.id)}>
        <Verb verb={item.verb} />
      </Button>
      <Typography.Text className="clip" style={{ flex: 1, minWidth: 0 }} title={item.text}>
        {item.object?.key && `${term('object_kind', item.object.kind)} ${item.object.key} `}
        {item.amount !== undefined && (
          <strong>
            {format.decimal(item.amount)} {item.currency ?? ''}{' '}
          </strong>
        )}
        {item.text}
      </Typography.Text>
      <Typography.Text type="secondary" className="clip" style={{ maxWidth: 240, flex: 'none', fontSize: 12 }}>
        {[item.staff?.name, item.channel, item.source].filter(Boolean).join(' · ')}
      </Typography.Text>
      <Link to={`/batches/${item.batch}/rows/${item.row}`} className="code" style={{ flex: 'none' }}>
        #{item.row}
      </Link>
    </Flex>
  );
}

export function Timeline({ customer }: { customer: CustomerView }) {
  const t = useWords(customerWords);
  const format = useFormat();
  const term = useTerm();
  const [verb, setVerb] = useState<string[]>([]);
  const [source, setSource] = useState<string[]>([]);
  const [channel, setChannel] = useState<string[]>([]);
  const [span, setSpan] = useState<[string, string]>(['', '']);
  const [text, setText] = useState('');
  const [event, setEvent] = useState('');
  const q = useDeferredValue(text.trim());
  const one = useEvent(event || undefined);
  const { items, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = usePages<TimelineItem>(
    ['timeline', customer.entity],
    `customers/${customer.entity}/timeline`,
    {
      verb,
      source,
      channel,
      q,
      since: span[0],
      until: span[1] && dayjs(span[1]).add(1, 'day').format('YYYY-MM-DD'),
      limit: 50,
    },
  );
  const pick = (
    label: string,
    counts: { value: string; n: number }[],
    value: string[],
    change: (value: string[]) => void,
    name: (value: string) => string = (v) => v,
  ) =>
    counts.length > 1 && (
      <Select
        mode="multiple"
        allowClear
        maxTagCount="responsive"
        value={value}
        onChange={change}
        placeholder={label}
        aria-label={label}
        style={{ minWidth: 150, maxWidth: 260 }}
        options={counts.map((c) => ({ value: c.value, label: `${name(c.value)} (${format.number(c.n)})` }))}
      />
    );
  return (
    <>
      <Flex gap={8} wrap style={{ marginBottom: 12 }}>
        <Input.Search
          allowClear
          value={text}
          onChange={(e) => setText(e.target.value)}
          placeholder={t('searchText')}
          aria-label={t('searchText')}
          style={{ width: 220 }}
        />
        {pick(t('verbs'), customer.verbs, verb, setVerb, (v) => term('verb', v))}
        {pick(t('source'), customer.sources, source, setSource)}
        {pick(t('channel'), customer.channels, channel, setChannel)}
        <DatePicker.RangePicker
          allowEmpty
          aria-label={t('period')}
          onChange={(_, texts) => setSpan(texts ? [texts[0], texts[1]] : ['', ''])}
        />
      </Flex>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {isPending && !error && <Skeleton active />}
      {!isPending && items.length === 0 && <Nothing title={t('noEvents')} about={t('noEventsHelp')} />}
      {byDay(items, (item) => format.date(item.ts)).map((group) => (
        <section key={group.day} aria-label={group.day} style={{ marginBottom: 8 }}>
          <Typography.Text strong style={{ position: 'sticky', top: 0 }}>
            {group.day}
          </Typography.Text>
          {group.items.map((item) => (
            <Entry key={item.id} item={item} open={setEvent} />
          ))}
        </section>
      ))}
      <More n={items.length} more={hasNextPage} loading={isFetchingNextPage} load={() => void fetchNextPage()} />
      <Drawer
        open={Boolean(event)}
        onClose={() => setEvent('')}
        size="min(960px, 90vw)"
        title={t('event')}
        destroyOnHidden
      >
        {one.error && <Failure error={one.error} retry={() => void one.refetch()} />}
        {one.isPending && !one.error && <Skeleton active />}
        {one.data && <EventBody event={one.data as EventDetail} />}
      </Drawer>
    </>
  );
}
