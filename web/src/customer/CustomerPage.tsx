import { EyeOutlined } from '../page/icons';
import { useMutation, useQuery } from '@tanstack/react-query';
import {
  App,
  Button,
  Card,
  Col,
  Flex,
  Form,
  Input,
  Modal,
  Row,
  Skeleton,
  Statistic,
  Table,
  Tabs,
  Typography,
} from 'antd';
import { useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { get, send } from '../api/client';
import type { CustomerView, GoldenField } from '../api/types';
import { useFormat, useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { PageFrame } from '../page/PageFrame';
import { may, useUser } from '../session/session';
import { Golden } from './Golden';
import { People } from './People';
import { Portrait } from './Portrait';
import { Campaigns, Promises, Shovels, Things } from './Things';
import { Timeline } from './Timeline';
import { customerWords } from './words';

function Reveal({ entity, onShown }: { entity: string; onShown: (fields: GoldenField[]) => void }) {
  const t = useWords(customerWords);
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const show = useMutation({
    mutationFn: () => send<GoldenField[]>('POST', `customers/${entity}/reveal`, { reason: reason.trim() }),
    onSuccess: (fields) => {
      onShown(fields);
      setOpen(false);
      void message.success(t('revealed'));
    },
  });
  return (
    <>
      <Button size="small" icon={<EyeOutlined />} onClick={() => setOpen(true)}>
        {t('reveal')}
      </Button>
      <Modal
        open={open}
        title={t('reveal')}
        onCancel={() => setOpen(false)}
        okText={t('reveal')}
        okButtonProps={{ disabled: !reason.trim(), loading: show.isPending }}
        onOk={() => show.mutate()}
        destroyOnHidden
      >
        {show.error && <Failure error={show.error} />}
        <Form layout="vertical">
          <Form.Item label={t('revealWhy')} htmlFor="reveal-reason">
            <Input
              id="reveal-reason"
              autoFocus
              maxLength={400}
              value={reason}
              onChange={(e) => setReason(e.target.value)}
              onPressEnter={() => reason.trim() && show.mutate()}
            />
          </Form.Item>
        </Form>
      </Modal>
    </>
  );
}

function Records({ customer }: { customer: CustomerView }) {
  const t = useWords(customerWords);
  return (
    <Table
      size="small"
      rowKey="id"
      dataSource={customer.parties}
      pagination={false}
      scroll={{ x: 700 }}
      columns={[
        {
          title: t('name'),
          dataIndex: 'name',
          render: (name: string, p) => <Link to={`/parties/${p.id}`}>{name || p.key}</Link>,
        },
        { title: t('source'), dataIndex: 'source', width: 160 },
        {
          title: t('key'),
          key: 'key',
          render: (_: unknown, p) => <span className="code">{`${p.namespace} ${p.key}`}</span>,
        },
        {
          title: t('rowLink'),
          key: 'row',
          width: 120,
          render: (_: unknown, p) => <Link to={`/batches/${p.batch}/rows/${p.row}`}>{t('openRow', { n: p.row })}</Link>,
        },
      ]}
    />
  );
}

/** Facts are the figures a caller wants before the phone is picked up. */
function Facts({ customer }: { customer: CustomerView }) {
  const t = useWords(customerWords);
  const format = useFormat();
  const owner = customer.owners[0];
  const sum = (kind: string, state: string) => customer.sums.find((s) => s.kind === kind && s.state === state);
  const won = sum('deal', 'won');
  const money = won?.money[0];
  return (
    <Row gutter={[16, 12]}>
      <Col xs={12} md={6} xl={4}>
        <Statistic title={t('events')} value={format.number(customer.events)} />
      </Col>
      <Col xs={12} md={6} xl={4}>
        <Statistic title={t('last')} value={format.ago(customer.last)} styles={{ content: { fontSize: 20 } }} />
      </Col>
      <Col xs={12} md={6} xl={4}>
        <Statistic title={`${t('deals')} · ${t('open')}`} value={format.number(sum('deal', 'open')?.n ?? 0)} />
      </Col>
      <Col xs={12} md={6} xl={4}>
        <Statistic
          title={`${t('deals')} · ${t('won')}`}
          value={format.number(won?.n ?? 0)}
          suffix={
            money && (
              <Typography.Text type="secondary" style={{ fontSize: 13 }}>
                {format.compact(money.amount)} {money.currency}
              </Typography.Text>
            )
          }
        />
      </Col>
      <Col xs={12} md={6} xl={4}>
        <Statistic title={`${t('cases')} · ${t('open')}`} value={format.number(sum('case', 'open')?.n ?? 0)} />
      </Col>
      <Col xs={12} md={6} xl={4}>
        <Statistic
          title={t('owner')}
          value={owner && !owner.until ? owner.name : '–'}
          styles={{ content: { fontSize: 20 } }}
          suffix={
            owner?.since &&
            !owner.until && (
              <Typography.Text type="secondary" style={{ fontSize: 12 }}>
                {format.date(owner.since)}
              </Typography.Text>
            )
          }
        />
      </Col>
    </Row>
  );
}

export function CustomerPage() {
  const t = useWords(customerWords);
  const user = useUser();
  const { entity = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const [shown, setShown] = useState<{ entity: string; fields: GoldenField[] }>();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['customer', entity],
    queryFn: ({ signal }) => get<CustomerView>(`customers/${entity}`, undefined, signal),
  });
  const count = (word: string, n: number) => (n > 0 ? `${word} ${n}` : word);
  const fields = shown && shown.entity === entity ? shown.fields : data?.fields;
  return (
    <PageFrame title={data?.name || t('customers')} path={[{ to: '/customers', title: t('customers') }]}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {isPending && !error && <Skeleton active />}
      {data && (
        <>
          <Card styles={{ body: { padding: 16 } }}>
            <Facts customer={data} />
          </Card>
          <Card
            size="small"
            title={t('identity')}
            extra={
              data.masked &&
              fields === data.fields && (
                <Flex gap={8} align="center">
                  <Typography.Text type="secondary" style={{ fontSize: 12 }}>
                    {t('masked')}
                  </Typography.Text>
                  {may(user, 'reveal') && (
                    <Reveal entity={data.entity} onShown={(all) => setShown({ entity, fields: all })} />
                  )}
                </Flex>
              )
            }
          >
            <Golden fields={fields ?? []} />
          </Card>
          <Card styles={{ body: { paddingTop: 4 } }}>
            <Tabs
              activeKey={search.get('tab') ?? 'timeline'}
              onChange={(tab) => setSearch(tab === 'timeline' ? {} : { tab }, { replace: true })}
              items={[
                { key: 'timeline', label: count(t('timeline'), data.events), children: <Timeline customer={data} /> },
                { key: 'portrait', label: t('portrait'), children: <Portrait entity={data.entity} /> },
                { key: 'deals', label: count(t('deals'), data.deals.length), children: <Things things={data.deals} /> },
                { key: 'cases', label: count(t('cases'), data.cases.length), children: <Things things={data.cases} /> },
                ...(data.requests.length > 0
                  ? [
                      {
                        key: 'requests',
                        label: count(t('requests'), data.requests.length),
                        children: <Things things={data.requests} kind />,
                      },
                    ]
                  : []),
                {
                  key: 'promises',
                  label: count(t('promises'), data.promises.length),
                  children: <Promises promises={data.promises} />,
                },
                {
                  key: 'campaigns',
                  label: count(t('campaigns'), data.campaigns.length),
                  children: <Campaigns campaigns={data.campaigns} />,
                },
                {
                  key: 'shovels',
                  label: count(t('shovels'), data.shovels.length),
                  children: <Shovels shovels={data.shovels} />,
                },
                { key: 'people', label: t('people'), children: <People customer={data} /> },
                {
                  key: 'records',
                  label: count(t('records'), data.parties.length),
                  children: <Records customer={data} />,
                },
              ]}
            />
          </Card>
        </>
      )}
    </PageFrame>
  );
}
