import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Col, Flex, Row, Segmented, Statistic, Tabs, Typography } from 'antd';
import { useSearchParams } from 'react-router';
import { get, send } from '../api/client';
import type { IdentityStatus, Run } from '../api/types';
import { useFormat, useWords } from '../lang/LangProvider';
import { Failure, useFailure } from '../page/Failure';
import { PageFrame } from '../page/PageFrame';
import { may, useUser } from '../session/session';
import { History } from './History';
import { Model } from './Model';
import { Review } from './Review';
import { Runs } from './Runs';
import { identityWords } from './words';

const kinds = ['account', 'person', 'staff'] as const;

export function IdentityPage() {
  const t = useWords(identityWords);
  const format = useFormat();
  const user = useUser();
  const failure = useFailure();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [search, setSearch] = useSearchParams();
  const tab = search.get('tab') ?? (may(user, 'review') ? 'review' : 'history');
  const kind = kinds.find((k) => k === search.get('kind'));
  const set = (name: string, value: string) =>
    setSearch(
      (old) => {
        const next = new URLSearchParams(old);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  const status = useQuery({
    queryKey: ['identity', 'status'],
    queryFn: ({ signal }) => get<IdentityStatus>('identity', undefined, signal),
  });
  const start = useMutation({
    mutationFn: () => send<Run>('POST', 'identity/run', kind ? { kinds: [kind] } : {}),
    onSuccess: () => {
      void message.info(t('running'));
      void client.invalidateQueries({ queryKey: ['runs'] });
    },
    onError: (error) => void message.error(failure(error).text),
  });
  const choice = (
    <Segmented
      value={kind ?? ''}
      onChange={(value) => set('kind', value)}
      options={[{ value: '', label: t('all') }, ...kinds.map((k) => ({ value: k, label: t(k) }))]}
      style={{ marginBottom: 12 }}
    />
  );
  return (
    <PageFrame
      title={t('identity')}
      about={t('about')}
      actions={
        may(user, 'review') && (
          <Button loading={start.isPending} onClick={() => start.mutate()}>
            {t('runNow')}
          </Button>
        )
      }
    >
      {status.error && <Failure error={status.error} retry={() => void status.refetch()} />}
      <Row gutter={[16, 16]}>
        {(status.data?.kinds ?? []).map((k) => (
          <Col key={k.kind} xs={24} md={8}>
            <Card size="small">
              <Statistic
                title={t(k.kind)}
                value={format.number(k.entities)}
                suffix={
                  <Typography.Text type="secondary" style={{ fontSize: 13 }}>
                    ← {format.number(k.parties)}
                  </Typography.Text>
                }
              />
              <Flex gap={12}>
                <Typography.Text type="secondary" style={{ fontSize: 12 }}>
                  {t('sharedBy', { n: format.number(k.shared) })}
                </Typography.Text>
                {k.disputed > 0 && (
                  <Typography.Text type="danger" style={{ fontSize: 12 }}>
                    {t('disputed', { n: k.disputed })}
                  </Typography.Text>
                )}
              </Flex>
            </Card>
          </Col>
        ))}
      </Row>
      <Card styles={{ body: { paddingTop: 4 } }}>
        <Tabs
          activeKey={tab}
          onChange={(value) => set('tab', value)}
          destroyOnHidden
          items={[
            ...(may(user, 'review')
              ? [
                  {
                    key: 'review',
                    label: t('review'),
                    children: (
                      <>
                        {choice}
                        <Review key={kind ?? ''} kind={kind ?? ''} />
                      </>
                    ),
                  },
                ]
              : []),
            { key: 'history', label: t('history'), children: <History /> },
            ...(may(user, 'review')
              ? [
                  {
                    key: 'model',
                    label: t('model'),
                    children: (
                      <>
                        <Segmented
                          value={kind ?? 'account'}
                          onChange={(value) => set('kind', value)}
                          options={kinds.map((k) => ({ value: k, label: t(k) }))}
                          style={{ marginBottom: 12 }}
                        />
                        <Model kind={kind ?? 'account'} />
                      </>
                    ),
                  },
                ]
              : []),
            {
              key: 'runs',
              label: t('runs'),
              children: (
                <>
                  {choice}
                  <Runs kind={kind ?? ''} />
                </>
              ),
            },
          ]}
        />
      </Card>
    </PageFrame>
  );
}
