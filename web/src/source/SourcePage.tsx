import { LineChartOutlined, UploadOutlined } from '../page/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import {
  App,
  Button,
  Card,
  Col,
  Flex,
  Form,
  Input,
  InputNumber,
  Row,
  Select,
  Skeleton,
  Statistic,
  Tabs,
  Typography,
} from 'antd';
import { useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { Fault, get, send } from '../api/client';
import type { Folder, Link as LinkRate, MappingView, SourceDetail } from '../api/types';
import { BatchTable } from '../batch/BatchTable';
import { LinkTable } from '../batch/LinkTable';
import { useFormat, useWords } from '../lang/LangProvider';
import { useCheck, useSchema } from '../mapping/check';
import { CheckLine } from '../mapping/CheckLine';
import { LazyYamlEditor } from '../mapping/LazyYamlEditor';
import { mappingWords } from '../mapping/words';
import { Failure } from '../page/Failure';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { may, useUser } from '../session/session';
import { Health } from './Health';
import { sourceWords } from './words';

/** LinkTab asks when it is opened: counting reads every event's object and may take seconds. */
function LinkTab({ source }: { source: string }) {
  const t = useWords(sourceWords);
  const links = useQuery({
    queryKey: ['links', source],
    queryFn: () => get<{ items: LinkRate[] }>(`sources/${encodeURIComponent(source)}/links`),
  });
  return (
    <>
      <Typography.Paragraph type="secondary">{t('linksHelp')}</Typography.Paragraph>
      {links.isPending && <Skeleton active />}
      {links.error && <Failure error={links.error} retry={() => void links.refetch()} />}
      {links.data && <LinkTable links={links.data.items} />}
    </>
  );
}

function MappingEditor({ mapping, editable }: { mapping: MappingView; editable: boolean }) {
  const t = useWords(sourceWords);
  const m = useWords(mappingWords);
  const format = useFormat();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [yaml, setYaml] = useState(mapping.yaml);
  const [shown, setShown] = useState(mapping.version);
  const check = useCheck(editable ? yaml : '');
  const schema = useSchema();
  const put = useMutation({
    mutationFn: () => send<MappingView>('PUT', `mappings/${encodeURIComponent(mapping.source)}`, { yaml }),
    onSuccess: (kept) => {
      void message.success(t('saved', { n: kept.version }));
      setShown(kept.version);
      client.setQueryData(['mapping', mapping.source], kept);
    },
  });
  const old = useMutation({
    mutationFn: (version: number) =>
      get<MappingView>(`mappings/${encodeURIComponent(mapping.source)}/versions/${version}`),
    onSuccess: (view, version) => {
      setYaml(view.yaml);
      setShown(version);
    },
  });
  return (
    <Flex vertical gap={12}>
      <Flex gap={8} align="center" wrap>
        <Select
          aria-label={t('versions')}
          style={{ width: 320 }}
          value={shown}
          loading={old.isPending}
          onChange={(version: number) => old.mutate(version)}
          options={mapping.versions.map((v) => ({
            value: v.version,
            label: `${t('version', { n: v.version })} · ${format.time(v.ts)} · ${v.actor}${v.version === mapping.version ? ` · ${t('current')}` : ''}`,
          }))}
        />
        {editable && (
          <Button
            type="primary"
            disabled={yaml === mapping.yaml || !check.data?.ok || !check.current}
            loading={put.isPending}
            onClick={() => put.mutate()}
          >
            {t('save')}
          </Button>
        )}
      </Flex>
      {put.isError && <Failure error={put.error} />}
      {old.isError && <Failure error={old.error} />}
      {editable && yaml !== mapping.yaml && <CheckLine check={check} />}
      <LazyYamlEditor
        label={m('editor')}
        value={yaml}
        {...(editable ? { onChange: setYaml } : {})}
        errors={check.data?.errors ?? []}
        {...(schema.data ? { schema: schema.data } : {})}
      />
    </Flex>
  );
}

function MappingTab({ source }: { source: string }) {
  const t = useWords(sourceWords);
  const user = useUser();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['mapping', source],
    queryFn: async ({ signal }) => {
      try {
        return await get<MappingView>(`mappings/${encodeURIComponent(source)}`, undefined, signal);
      } catch (fault) {
        if (fault instanceof Fault && fault.status === 404) return null;
        throw fault;
      }
    },
  });
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (isPending) return <Skeleton active />;
  if (!data) return <Nothing title={t('noMapping')} about={t('noMappingHelp')} />;
  return <MappingEditor key={data.version} mapping={data} editable={may(user, 'import')} />;
}

function FolderTab({ source }: { source: SourceDetail }) {
  const t = useWords(sourceWords);
  const user = useUser();
  const { modal } = App.useApp();
  const client = useQueryClient();
  const settle = { onSuccess: () => void client.invalidateQueries({ queryKey: ['source', source.name] }) };
  const path = `sources/${encodeURIComponent(source.name)}/folder`;
  const put = useMutation({
    mutationFn: (body: Folder) => send<Folder>('PUT', path, { ...body, pattern: body.pattern ?? '' }),
    ...settle,
  });
  const drop = useMutation({ mutationFn: () => send('DELETE', path), ...settle });
  return (
    <Flex vertical gap={12} style={{ maxWidth: 560 }}>
      <Typography.Text type="secondary">{t('watchedHelp')}</Typography.Text>
      {put.isError && <Failure error={put.error} />}
      {drop.isError && <Failure error={drop.error} />}
      <Form<Folder>
        layout="vertical"
        disabled={!may(user, 'import')}
        initialValues={source.folder ?? { every_seconds: 60 }}
        onFinish={(fields) => put.mutate(fields)}
      >
        <Form.Item name="path" label={t('path')} rules={[{ required: true, message: t('required') }]}>
          <Input spellCheck={false} className="code" />
        </Form.Item>
        <Form.Item name="pattern" label={t('pattern')} extra={t('patternHelp')}>
          <Input spellCheck={false} className="code" />
        </Form.Item>
        <Form.Item name="every_seconds" label={t('every')} rules={[{ required: true, message: t('required') }]}>
          <InputNumber min={5} max={86_400} precision={0} />
        </Form.Item>
        <Flex gap={8}>
          <Button type="primary" htmlType="submit" loading={put.isPending}>
            {t('watch')}
          </Button>
          {source.folder && (
            <Button
              danger
              onClick={() => {
                modal.confirm({
                  title: t('unwatchSure', { path: source.folder?.path ?? '' }),
                  okText: t('unwatch'),
                  onOk: () => drop.mutateAsync().catch(() => undefined),
                });
              }}
            >
              {t('unwatch')}
            </Button>
          )}
        </Flex>
      </Form>
    </Flex>
  );
}

export function SourcePage() {
  const t = useWords(sourceWords);
  const format = useFormat();
  const user = useUser();
  const { name = '' } = useParams();
  const [params, setParams] = useSearchParams();
  const { data, error, refetch } = useQuery({
    queryKey: ['source', name],
    queryFn: ({ signal }) => get<SourceDetail>(`sources/${encodeURIComponent(name)}`, undefined, signal),
  });
  const tiles = data
    ? ([
        ['events', data.events],
        ['parties', data.parties],
        ['batches', data.batches],
        ['rejects', data.rejects],
      ] as const)
    : [];
  return (
    <PageFrame
      title={data?.title || name}
      path={[{ to: '/sources', title: t('sources') }]}
      about={
        data && (
          <Flex gap={16} wrap align="center">
            <Health source={data} />
            <span>{t(data.kind)}</span>
            {data.zone && <span>{data.zone}</span>}
            <span>
              {t('last')} {format.ago(data.last_loaded)}
            </span>
          </Flex>
        )
      }
      actions={
        <>
          <Link to={`/explore?by=verb&where=${encodeURIComponent(`source:eq:${name}`)}`}>
            <Button icon={<LineChartOutlined />}>{t('explore')}</Button>
          </Link>
          {may(user, 'import') && (
            <Link to={`/import?source=${encodeURIComponent(name)}`}>
              <Button type="primary" icon={<UploadOutlined />}>
                {t('import')}
              </Button>
            </Link>
          )}
        </>
      }
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton active />}
      {data && (
        <>
          <Row gutter={[16, 16]}>
            {tiles.map(([word, n]) => (
              <Col key={word} xs={12} lg={6}>
                <Card size="small">
                  <Statistic title={t(word)} value={format.number(n)} />
                </Card>
              </Col>
            ))}
          </Row>
          <Card styles={{ body: { paddingTop: 4 } }}>
            <Tabs
              activeKey={params.get('tab') ?? 'batches'}
              onChange={(tab) => setParams(tab === 'batches' ? {} : { tab }, { replace: true })}
              items={[
                {
                  key: 'batches',
                  label: t('recent'),
                  children: (
                    <>
                      <BatchTable batches={data.recent} source={false} />
                      {data.batches > data.recent.length && (
                        <Link to={`/batches?source=${encodeURIComponent(name)}`}>
                          {t('batches')} ({format.number(data.batches)})
                        </Link>
                      )}
                    </>
                  ),
                },
                { key: 'mapping', label: t('mapping'), children: <MappingTab source={name} /> },
                {
                  key: 'links',
                  label: t('links'),
                  children: <LinkTab source={name} />,
                },
                { key: 'folder', label: t('watched'), children: <FolderTab source={data} /> },
              ]}
            />
          </Card>
        </>
      )}
    </PageFrame>
  );
}
