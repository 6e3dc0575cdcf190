import { Card, Skeleton } from 'antd';
import { useParams } from 'react-router';
import { useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { PageFrame } from '../page/PageFrame';
import { EventBody } from './EventBody';
import { useEvent } from './event';
import { useTerm } from './verb';
import { eventWords } from './words';

export function EventPage() {
  const t = useWords(eventWords);
  const term = useTerm();
  const { id } = useParams();
  const { data, error, isPending, refetch } = useEvent(id);
  return (
    <PageFrame title={data ? `${t('event')} ${term('verb', data.verb)}` : t('event')}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {isPending && !error && <Skeleton active />}
      {data && (
        <Card>
          <EventBody event={data} />
        </Card>
      )}
    </PageFrame>
  );
}
