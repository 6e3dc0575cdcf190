import { useQuery } from '@tanstack/react-query';
import { Button, Card, Descriptions, Skeleton } from 'antd';
import { Link, useParams } from 'react-router';
import { get } from '../api/client';
import type { Party } from '../api/types';
import { useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { PageFrame } from '../page/PageFrame';
import { partyWords } from './words';

export function PartyPage() {
  const t = useWords(partyWords);
  const { id = '' } = useParams();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['party', id],
    queryFn: ({ signal }) => get<Party>(`parties/${id}`, undefined, signal),
  });
  const kind = data?.kind;
  const dim = kind === 'account' || kind === 'person' || kind === 'staff' ? kind : undefined;
  const items = data
    ? [
        { key: 'kind', label: t('kind'), children: dim ? t(dim) : data.kind },
        {
          key: 'source',
          label: t('source'),
          children: <Link to={`/sources/${encodeURIComponent(data.source)}`}>{data.source}</Link>,
        },
        {
          key: 'key',
          label: t('key'),
          children: data.key && <span className="code">{`${data.namespace ?? ''} ${data.key}`}</span>,
        },
        { key: 'name', label: t('name'), children: data.name },
        { key: 'phone', label: t('phone'), children: data.phone },
        { key: 'email', label: t('email'), children: data.email },
        { key: 'tax', label: t('tax'), children: data.tax_no },
        { key: 'address', label: t('address'), children: data.address },
        { key: 'city', label: t('city'), children: data.city },
        { key: 'title', label: t('title'), children: data.title },
        { key: 'company', label: t('company'), children: data.company },
        {
          key: 'row',
          label: t('row'),
          children: data.batch && <Link to={`/batches/${data.batch}/rows/${data.row ?? 1}`}>{t('openRow')}</Link>,
        },
      ].filter((item) => item.children)
    : [];
  const attrs = Object.entries(data?.attrs ?? {});
  return (
    <PageFrame
      title={data?.name || data?.key || t('party')}
      about={t('about')}
      actions={
        dim && (
          <Link to={`/explore?where=${encodeURIComponent(`${dim}:eq:${id}`)}`}>
            <Button>{t('events')}</Button>
          </Link>
        )
      }
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {isPending && !error && <Skeleton active />}
      {data && (
        <Card>
          <Descriptions column={{ xs: 1, md: 1, lg: 2 }} size="small" bordered items={items} />
          {attrs.length > 0 && (
            <Descriptions
              title={t('attrs')}
              column={{ xs: 1, lg: 2 }}
              size="small"
              bordered
              style={{ marginTop: 20 }}
              items={attrs.map(([name, value]) => ({
                key: name,
                label: name,
                children: typeof value === 'string' ? value : JSON.stringify(value),
              }))}
            />
          )}
        </Card>
      )}
    </PageFrame>
  );
}
