import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import {
  Alert,
  App,
  Button,
  Card,
  Col,
  Flex,
  Form,
  Input,
  Row,
  Select,
  Skeleton,
  Statistic,
  Table,
  Tabs,
  Typography,
} from 'antd';
import { useDeferredValue, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { ask, get, send } from '../api/client';
import type { CustomerItem, Rule, SegmentCount, SegmentView } from '../api/types';
import { useFormat, useWords } from '../lang/LangProvider';
import { Failure, useFailure } from '../page/Failure';
import { PageFrame } from '../page/PageFrame';
import { PartySelect } from '../party/PartySelect';
import { HandOut } from './HandOut';
import { Members } from './Members';
import { complete } from './rule';
import { RuleBuilder } from './RuleBuilder';
import { Versions } from './Versions';
import { Why } from './Why';
import { segmentWords } from './words';

type Draft = { title: string; about: string; kind: 'account' | 'person'; mode: 'dynamic' | 'static'; rule: Rule };

/** Live counts whom the rule picks while it is being written, and shows some. */
function Live({ draft, onWhy }: { draft: Draft; onWhy: (who: { entity: string; name: string }) => void }) {
  const t = useWords(segmentWords);
  const format = useFormat();
  const [seed, setSeed] = useState(1);
  const rule = useDeferredValue(draft.rule);
  const body = { kind: draft.kind, rule };
  const ready = complete(body.rule);
  const count = useQuery({
    queryKey: ['segment-count', body],
    queryFn: async ({ signal }) => (await ask<SegmentCount>('POST', 'segments/count', { body, signal })).data,
    enabled: ready,
    placeholderData: keepPreviousData,
  });
  const sample = useQuery({
    queryKey: ['segment-sample', body, seed],
    queryFn: async ({ signal }) =>
      (
        await ask<CustomerItem[]>('POST', 'segments/sample', {
          body: { ...body, limit: 20, seed: String(seed) },
          signal,
        })
      ).data,
    enabled: ready,
    placeholderData: keepPreviousData,
  });
  if (!ready) return <Alert type="info" showIcon title={t('incomplete')} />;
  return (
    <Flex vertical gap={12}>
      {count.error && <Failure error={count.error} />}
      {count.isPending && !count.error && <Skeleton active paragraph={{ rows: 1 }} />}
      {count.data && (
        <div aria-live="polite">
          <Statistic
            title={t('picks')}
            value={format.number(count.data.n)}
            suffix={
              <Typography.Text type="secondary" style={{ fontSize: 13 }}>
                {t('ofAll', {
                  n: format.number(count.data.of),
                  share: format.share(count.data.of ? count.data.n / count.data.of : 0),
                })}
              </Typography.Text>
            }
          />
          <Typography.Text type="secondary" style={{ fontSize: 12 }}>
            {t('took', { ms: count.data.took_ms, day: format.date(count.data.as_of) })}
          </Typography.Text>
        </div>
      )}
      <Flex justify="space-between" align="center">
        <Typography.Text strong>{t('sample')}</Typography.Text>
        <Button size="small" onClick={() => setSeed(seed + 1)}>
          {t('another')}
        </Button>
      </Flex>
      <Table
        size="small"
        rowKey="entity"
        loading={sample.isFetching}
        dataSource={sample.data ?? []}
        pagination={false}
        scroll={{ y: 360 }}
        columns={[
          {
            title: t('name'),
            dataIndex: 'name',
            ellipsis: true,
            render: (name: string, x) => <Link to={`/customers/${x.entity}`}>{name || x.entity.slice(0, 8)}</Link>,
          },
          {
            title: '',
            key: 'why',
            width: 110,
            render: (_: unknown, x) => (
              <Button size="small" type="text" onClick={() => onWhy({ entity: x.entity, name: x.name })}>
                {t('why')}
              </Button>
            ),
          },
        ]}
      />
    </Flex>
  );
}

function Editor({ segment }: { segment?: SegmentView }) {
  const t = useWords(segmentWords);
  const failure = useFailure();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const [draft, setDraft] = useState<Draft>(
    segment ?? { title: '', about: '', kind: 'account', mode: 'dynamic', rule: { all: [] } },
  );
  const [who, setWho] = useState<{ entity: string; name: string }>();
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const locked = segment !== undefined && !segment.mine;
  const save = useMutation({
    mutationFn: () => {
      const { title, about, kind, mode, rule } = draft;
      return segment
        ? send<SegmentView>('PATCH', `segments/${segment.id}`, { title, about, mode, rule })
        : send<SegmentView>('POST', 'segments', { title, about, kind, mode, rule });
    },
    onSuccess: (kept) => {
      void message.success(t('saved', { n: kept.version }));
      void client.invalidateQueries({ queryKey: ['segments'] });
      void client.invalidateQueries({ queryKey: ['segment', kept.id] });
      if (!segment) void navigate(`/segments/${kept.id}`, { replace: true });
    },
    onError: (fault) => void message.error(failure(fault).text),
  });
  return (
    <Row gutter={[16, 16]}>
      <Col xs={24} xl={16}>
        <Flex vertical gap={12}>
          {locked && <Alert type="info" showIcon title={t('notMine')} />}
          <Form layout="vertical">
            <Row gutter={12}>
              <Col xs={24} md={10}>
                <Form.Item label={t('title')} htmlFor="segment-title" required>
                  <Input
                    id="segment-title"
                    maxLength={200}
                    value={draft.title}
                    onChange={(e) => set({ title: e.target.value })}
                  />
                </Form.Item>
              </Col>
              <Col xs={12} md={5}>
                <Form.Item label={t('kind')} htmlFor="segment-kind">
                  <Select
                    id="segment-kind"
                    value={draft.kind}
                    disabled={segment !== undefined}
                    onChange={(kind) => set({ kind })}
                    options={[
                      { value: 'account', label: t('account') },
                      { value: 'person', label: t('person') },
                    ]}
                  />
                </Form.Item>
              </Col>
              <Col xs={12} md={9}>
                <Form.Item label={t('mode')} htmlFor="segment-mode">
                  <Select
                    id="segment-mode"
                    value={draft.mode}
                    onChange={(mode) => set({ mode })}
                    options={[
                      { value: 'dynamic', label: t('dynamic') },
                      { value: 'static', label: t('static') },
                    ]}
                  />
                </Form.Item>
              </Col>
              <Col span={24}>
                <Form.Item label={t('note')} htmlFor="segment-about" style={{ marginBottom: 4 }}>
                  <Input
                    id="segment-about"
                    maxLength={4000}
                    value={draft.about}
                    onChange={(e) => set({ about: e.target.value })}
                  />
                </Form.Item>
              </Col>
            </Row>
          </Form>
          <Typography.Text strong>{t('rule')}</Typography.Text>
          <RuleBuilder
            rule={draft.rule.all || draft.rule.any ? draft.rule : { all: [draft.rule] }}
            kind={draft.kind}
            self={segment?.id}
            change={(rule) => set({ rule })}
          />
          <div>
            <Button
              type="primary"
              loading={save.isPending}
              disabled={locked || !draft.title.trim() || !complete(draft.rule)}
              onClick={() => save.mutate()}
            >
              {t('save')}
            </Button>
          </div>
        </Flex>
      </Col>
      <Col xs={24} xl={8}>
        <Card size="small">
          <Flex vertical gap={12}>
            <Live draft={draft} onWhy={setWho} />
            {complete(draft.rule) && (
              <PartySelect
                kind={draft.kind}
                value={null}
                label={t('whyAny')}
                placeholder={t('whyAny')}
                onChange={(hit) => setWho({ entity: hit.id, name: hit.title })}
              />
            )}
          </Flex>
        </Card>
      </Col>
      <Why rule={draft.rule} kind={draft.kind} who={who} onClose={() => setWho(undefined)} />
    </Row>
  );
}

export function SegmentPage() {
  const t = useWords(segmentWords);
  const { id } = useParams();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['segment', id],
    queryFn: ({ signal }) => get<SegmentView>(`segments/${id ?? ''}`, undefined, signal),
    enabled: id !== undefined,
  });
  return (
    <PageFrame title={data?.title ?? t('add')} path={[{ to: '/segments', title: t('segments') }]}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {id && isPending && !error && <Skeleton active />}
      {!id && (
        <Card>
          <Editor />
        </Card>
      )}
      {data && (
        <Card styles={{ body: { paddingTop: 4 } }}>
          <Tabs
            items={[
              { key: 'rule', label: t('rule'), children: <Editor key={data.version} segment={data} /> },
              { key: 'members', label: t('members'), children: <Members segment={data} /> },
              { key: 'hand', label: t('hand'), children: <HandOut segment={data} /> },
              { key: 'versions', label: `${t('versions')} ${data.version}`, children: <Versions segment={data} /> },
            ]}
          />
        </Card>
      )}
    </PageFrame>
  );
}
