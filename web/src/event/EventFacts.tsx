import { Descriptions, Tag, Typography } from 'antd';
import { Link } from 'react-router';
import type { EventDetail, Ref } from '../api/types';
import { useFormat, useWords } from '../lang/LangProvider';
import { useTerm } from './verb';
import { eventWords } from './words';

function who(ref: Ref | null | undefined) {
  return ref?.id ? <Link to={`/parties/${ref.id}`}>{ref.name || ref.id.slice(0, 8)}</Link> : undefined;
}

/** Verb shows what happened, or a kind of party; the glossary's own spelling is at hand for who needs it. */
export function Verb({ verb }: { verb: string }) {
  const term = useTerm();
  const name = term('verb', term('kind', verb));
  return (
    <Tag title={verb} style={{ marginInlineEnd: 0 }}>
      {name}
    </Tag>
  );
}

export function EventFacts({ event }: { event: EventDetail }) {
  const t = useWords(eventWords);
  const format = useFormat();
  const term = useTerm();
  const attrs = Object.entries(event.attrs ?? {});
  const fields = [
    {
      key: 'verb',
      label: t('verb'),
      children: (
        <>
          <Verb verb={event.verb} />{' '}
          <Typography.Text type="secondary" className="code">
            {event.verb}
          </Typography.Text>
        </>
      ),
    },
    {
      key: 'ts',
      label: t('time'),
      children:
        event.ts_precision === 'day'
          ? `${format.date(event.ts)} · ${t('day')}`
          : format.known(event.ts, event.ts_precision),
    },
    {
      key: 'source',
      label: t('source'),
      children: <Link to={`/sources/${encodeURIComponent(event.source)}`}>{event.source}</Link>,
    },
    { key: 'table', label: t('table'), children: event.tbl },
    { key: 'account', label: t('account'), children: who(event.account) },
    { key: 'person', label: t('person'), children: who(event.person) },
    { key: 'staff', label: t('staff'), children: who(event.staff) },
    {
      key: 'object',
      label: t('object'),
      children: event.object?.key ? `${term('object_kind', event.object.kind)} ${event.object.key}` : undefined,
    },
    { key: 'channel', label: t('channel'), children: event.channel },
    {
      key: 'amount',
      label: t('amount'),
      children:
        event.amount === null || event.amount === undefined
          ? undefined
          : `${format.decimal(event.amount)} ${event.currency ?? ''}`,
    },
    {
      key: 'quantity',
      label: t('quantity'),
      children:
        event.quantity === null || event.quantity === undefined
          ? undefined
          : `${format.decimal(event.quantity)} ${event.unit ?? ''}`,
    },
    {
      key: 'text',
      label: t('text'),
      children: event.text && (
        <Typography.Text style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{event.text}</Typography.Text>
      ),
    },
    { key: 'loaded', label: t('loaded'), children: event.loaded_at && format.time(event.loaded_at) },
  ].filter((field) => field.children);
  return (
    <>
      <Descriptions column={{ xs: 1, md: 2 }} size="small" bordered items={fields} styles={{ label: { width: 120 } }} />
      {attrs.length > 0 && (
        <Descriptions
          title={t('attrs')}
          column={{ xs: 1, md: 2 }}
          size="small"
          bordered
          style={{ marginTop: 20 }}
          styles={{ label: { width: 160 } }}
          items={attrs.map(([name, value]) => ({
            key: name,
            label: name,
            children: (
              <span style={{ overflowWrap: 'anywhere' }}>
                {typeof value === 'string' ? value : JSON.stringify(value)}
              </span>
            ),
          }))}
        />
      )}
    </>
  );
}
