import { PlusOutlined } from '../page/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, DatePicker, Form, Input, Modal, Select, Table, type TableProps } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { get, send } from '../api/client';
import type { Page, Role, Token } from '../api/types';
import { useFormat, useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { listOf } from '../page/paging';
import { roleWords } from '../session/words';
import { Once } from './Once';
import { adminWords } from './words';

type Fields = { name: string; role: Role; source?: string; expires?: Dayjs };

export function TokensPage() {
  const t = useWords(adminWords);
  const r = useWords(roleWords);
  const format = useFormat();
  const client = useQueryClient();
  const { modal } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string>();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['tokens'],
    queryFn: async ({ signal }) => listOf(await get<Page<Token> | Token[]>('tokens', undefined, signal)),
  });
  const add = useMutation({
    mutationFn: (fields: Fields) =>
      send<{ token: string; item: Token }>('POST', 'tokens', {
        name: fields.name,
        role: fields.role,
        ...(fields.source ? { source: fields.source } : {}),
        ...(fields.expires ? { expires: fields.expires.endOf('day').toISOString() } : {}),
      }),
    onSuccess: ({ token }) => {
      setAdding(false);
      setSecret(token);
      void client.invalidateQueries({ queryKey: ['tokens'] });
    },
  });
  const revoke = useMutation({
    mutationFn: (id: string) => send('DELETE', `tokens/${id}`),
    onSettled: () => void client.invalidateQueries({ queryKey: ['tokens'] }),
  });
  const button = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
      {t('addToken')}
    </Button>
  );
  const columns: TableProps<Token>['columns'] = [
    { title: t('tokenName'), dataIndex: 'name', sorter: (a, b) => a.name.localeCompare(b.name) },
    { title: t('role'), dataIndex: 'role', render: (role: Role) => r(role) },
    { title: t('source'), dataIndex: 'source', render: (s?: string) => s || '–' },
    {
      title: t('created'),
      dataIndex: 'created',
      sorter: (a, b) => (a.created ?? '').localeCompare(b.created ?? ''),
      render: (ts?: string) => format.time(ts),
    },
    { title: t('lastUsed'), dataIndex: 'last_used', render: (ts?: string) => (ts ? format.time(ts) : t('notUsed')) },
    { title: t('expires'), dataIndex: 'expires', render: (ts?: string) => (ts ? format.date(ts) : t('never')) },
    {
      title: t('actions'),
      key: 'actions',
      render: (_: unknown, token) => (
        <Button
          type="link"
          size="small"
          danger
          onClick={() => {
            modal.confirm({
              title: t('revokeSure', { name: token.name }),
              okText: t('revoke'),
              okButtonProps: { danger: true },
              onOk: () => revoke.mutateAsync(token.id).catch(() => undefined),
            });
          }}
        >
          {t('revoke')}
        </Button>
      ),
    },
  ];
  return (
    <PageFrame title={t('tokens')} about={t('tokensAbout')} actions={button}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {revoke.isError && <Failure error={revoke.error} />}
      <Card styles={{ body: { padding: 16 } }}>
        <Table
          size="small"
          rowKey="id"
          loading={isPending && !error}
          columns={columns}
          dataSource={data ?? []}
          scroll={{ x: 'max-content' }}
          pagination={{ pageSize: 50, hideOnSinglePage: true }}
          locale={{
            emptyText: isPending ? (
              ' '
            ) : (
              <Nothing title={t('noTokens')} about={t('noTokensHelp')}>
                {button}
              </Nothing>
            ),
          }}
        />
      </Card>
      <Modal
        open={adding}
        title={t('addToken')}
        okText={t('create')}
        confirmLoading={add.isPending}
        destroyOnHidden
        onCancel={() => setAdding(false)}
        onOk={form.submit}
      >
        {add.isError && <Failure error={add.error} />}
        <Form<Fields>
          form={form}
          layout="vertical"
          preserve={false}
          style={{ marginTop: 12 }}
          initialValues={{ role: 'analyst' }}
          onFinish={(fields) => {
            add.mutate(fields);
          }}
        >
          <Form.Item
            name="name"
            label={t('tokenName')}
            extra={t('tokenNameHelp')}
            rules={[{ required: true, whitespace: true, message: t('required') }]}
          >
            <Input maxLength={80} />
          </Form.Item>
          <Form.Item name="role" label={t('role')} rules={[{ required: true }]}>
            <Select
              options={(['analyst', 'admin', 'sales', 'growth', 'service', 'product', 'boss'] as const).map((role) => ({
                value: role,
                label: r(role),
              }))}
            />
          </Form.Item>
          <Form.Item name="source" label={t('source')} extra={t('sourceHelp')}>
            <Input maxLength={64} spellCheck={false} />
          </Form.Item>
          <Form.Item name="expires" label={t('expires')}>
            <DatePicker style={{ width: '100%' }} minDate={dayjs()} placeholder={t('never')} />
          </Form.Item>
        </Form>
      </Modal>
      <Once title={t('tokenOnce')} about={t('tokenOnceHelp')} secret={secret} onClose={() => setSecret(undefined)} />
    </PageFrame>
  );
}
