import { FileSearchOutlined } from '../page/icons';
import { Button, Flex, Typography } from 'antd';
import { Link } from 'react-router';
import type { EventDetail } from '../api/types';
import { useWords } from '../lang/LangProvider';
import { RowView } from '../row/RowView';
import { EventFacts, Verb } from './EventFacts';
import { rowOf } from './event';
import { eventWords } from './words';

/** EventBody is an event with the row that says so, right below it. */
export function EventBody({ event }: { event: EventDetail }) {
  const t = useWords(eventWords);
  const { batch, row } = rowOf(event);
  return (
    <Flex vertical gap={20}>
      <section aria-label={t('row')}>
        <Flex justify="space-between" align="center" gap={12} wrap style={{ marginBottom: 8 }}>
          <Flex gap={10} align="center">
            <Typography.Title level={2} style={{ fontSize: 16, margin: 0 }}>
              {t('row')}
            </Typography.Title>
            <Verb verb={event.verb} />
          </Flex>
          <Link to={`/batches/${batch}/rows/${row}`}>
            <Button type="primary" icon={<FileSearchOutlined />}>
              {t('openRow')}
            </Button>
          </Link>
        </Flex>
        <RowView batch={batch} row={row} />
      </section>
      <EventFacts event={event} />
      {(event.again?.length ?? 0) > 0 && (
        <section>
          <Typography.Title level={2} style={{ fontSize: 16 }}>
            {t('again')}
          </Typography.Title>
          <ul>
            {event.again?.map((place) => (
              <li key={`${place.batch}:${place.row}`}>
                <Link to={`/batches/${place.batch}/rows/${place.row}`} className="code">
                  {place.batch.slice(0, 12)}:{place.row}
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      {(event.versions?.length ?? 0) > 0 && (
        <section>
          <Typography.Title level={2} style={{ fontSize: 16 }}>
            {t('versions')}
          </Typography.Title>
          {event.versions?.map((version, i) => (
            <pre key={i} className="code" style={{ overflow: 'auto' }}>
              {JSON.stringify(version, null, 2)}
            </pre>
          ))}
        </section>
      )}
    </Flex>
  );
}
