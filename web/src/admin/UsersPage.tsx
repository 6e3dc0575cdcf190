import { PlusOutlined } from '../page/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Badge, Button, Card, Flex, Form, Input, Modal, Select, Table, type TableProps, Typography } from 'antd';
import { useState } from 'react';
import { get, send } from '../api/client';
import type { Page, Role, User } from '../api/types';
import { useFormat, useWords } from '../lang/LangProvider';
import { csv, save } from '../page/csv';
import { Failure } from '../page/Failure';
import { PageFrame } from '../page/PageFrame';
import { listOf } from '../page/paging';
import { pageWords } from '../page/words';
import { useUser } from '../session/session';
import { roleWords } from '../session/words';
import { Once } from './Once';
import { adminWords } from './words';

const roles: Role[] = ['admin', 'analyst', 'sales', 'growth', 'service', 'product', 'boss'];

type Fields = { name: string; display?: string; role: Role; team?: string };

function UserForm({
  user,
  onClose,
  onMade,
}: {
  user: User | 'new' | undefined;
  onClose: () => void;
  onMade: (name: string, password: string) => void;
}) {
  const t = useWords(adminWords);
  const r = useWords(roleWords);
  const client = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const fresh = user === 'new';
  const put = useMutation({
    mutationFn: (fields: Fields) =>
      fresh
        ? send<{ user: User; password: string }>('POST', 'users', { ...fields, display: fields.display || fields.name })
        : send<{ user: User; password?: string }>('PATCH', `users/${user?.id ?? ''}`, {
            display: fields.display,
            role: fields.role,
            team: fields.team ?? '',
          }),
    onSuccess: (answer, fields) => {
      void client.invalidateQueries({ queryKey: ['users'] });
      onClose();
      if (fresh && answer.password) onMade(fields.name, answer.password);
    },
  });
  return (
    <Modal
      open={user !== undefined}
      title={fresh ? t('addUser') : t('edit')}
      okText={fresh ? t('create') : t('save')}
      confirmLoading={put.isPending}
      destroyOnHidden
      onCancel={onClose}
      onOk={form.submit}
      afterClose={() => {
        put.reset();
      }}
    >
      {put.isError && <Failure error={put.error} />}
      <Form<Fields>
        form={form}
        layout="vertical"
        preserve={false}
        style={{ marginTop: 12 }}
        initialValues={user && user !== 'new' ? user : { role: 'sales' }}
        onFinish={(fields) => {
          put.mutate(fields);
        }}
      >
        <Form.Item
          name="name"
          label={t('name')}
          extra={fresh && t('nameHelp')}
          rules={[{ required: true, pattern: /^\S{1,64}$/, message: t('nameRule') }]}
        >
          <Input disabled={!fresh} autoComplete="off" spellCheck={false} />
        </Form.Item>
        <Form.Item name="display" label={t('display')}>
          <Input maxLength={80} />
        </Form.Item>
        <Form.Item name="role" label={t('role')} rules={[{ required: true }]}>
          <Select options={roles.map((role) => ({ value: role, label: r(role) }))} />
        </Form.Item>
        <Form.Item name="team" label={t('team')}>
          <Input maxLength={80} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

export function UsersPage() {
  const t = useWords(adminWords);
  const p = useWords(pageWords);
  const r = useWords(roleWords);
  const format = useFormat();
  const me = useUser();
  const client = useQueryClient();
  const { modal, message } = App.useApp();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['users'],
    queryFn: async ({ signal }) => listOf(await get<Page<User> | User[]>('users', undefined, signal)),
  });
  const [editing, setEditing] = useState<User | 'new'>();
  const [secret, setSecret] = useState<{ name: string; password: string }>();
  const [chosen, setChosen] = useState<string[]>([]);
  const [text, setText] = useState('');

  const disable = useMutation({
    mutationFn: (change: { ids: string[]; disabled: boolean }) =>
      Promise.all(change.ids.map((id) => send('PATCH', `users/${id}`, { disabled: change.disabled }))),
    onSettled: () => {
      setChosen([]);
      void client.invalidateQueries({ queryKey: ['users'] });
    },
    onSuccess: () => void message.success(t('saved')),
  });
  const reset = useMutation({
    mutationFn: (user: User) => send<{ password: string }>('POST', `users/${user.id}/password`),
    onSuccess: ({ password }, user) => {
      setSecret({ name: user.name, password });
    },
  });
  const askDisable = (ids: string[], disabled: boolean) => {
    if (!disabled) disable.mutate({ ids, disabled });
    else
      modal.confirm({
        title: t('disableSure', { n: ids.length }),
        okText: t('disable'),
        okButtonProps: { danger: true },
        onOk: () => disable.mutateAsync({ ids, disabled }).catch(() => undefined),
      });
  };

  const q = text.trim().toLowerCase();
  const shown = (data ?? []).filter((u) => !q || `${u.name} ${u.display} ${u.team ?? ''}`.toLowerCase().includes(q));
  const columns: TableProps<User>['columns'] = [
    {
      title: t('name'),
      dataIndex: 'name',
      sorter: (a, b) => a.name.localeCompare(b.name),
      render: (name: string, user) => (
        <>
          {name}
          {user.id === me.id && <Typography.Text type="secondary"> · {t('yourself')}</Typography.Text>}
        </>
      ),
    },
    { title: t('display'), dataIndex: 'display', sorter: (a, b) => a.display.localeCompare(b.display) },
    {
      title: t('role'),
      dataIndex: 'role',
      filters: roles.map((role) => ({ value: role, text: r(role) })),
      onFilter: (value, user) => user.role === value,
      render: (role: Role) => r(role),
    },
    { title: t('team'), dataIndex: 'team', render: (team?: string) => team || '–' },
    {
      title: t('state'),
      dataIndex: 'disabled',
      filters: [
        { value: false, text: t('active') },
        { value: true, text: t('disabled') },
      ],
      onFilter: (value, user) => (user.disabled ?? false) === value,
      render: (disabled?: boolean) => (
        <Badge status={disabled ? 'default' : 'success'} text={disabled ? t('disabled') : t('active')} />
      ),
    },
    {
      title: t('lastSeen'),
      dataIndex: 'last_seen',
      sorter: (a, b) => (a.last_seen ?? '').localeCompare(b.last_seen ?? ''),
      render: (ts?: string) => format.time(ts),
    },
    {
      title: t('actions'),
      key: 'actions',
      width: 250,
      render: (_: unknown, user) => (
        <Flex gap={4}>
          <Button type="link" size="small" onClick={() => setEditing(user)}>
            {t('edit')}
          </Button>
          <Button
            type="link"
            size="small"
            onClick={() => {
              modal.confirm({
                title: t('resetSure', { name: user.name }),
                okText: t('reset'),
                onOk: () => reset.mutateAsync(user).catch(() => undefined),
              });
            }}
          >
            {t('reset')}
          </Button>
          <Button
            type="link"
            size="small"
            danger={!user.disabled}
            disabled={user.id === me.id}
            onClick={() => askDisable([user.id], !user.disabled)}
          >
            {user.disabled ? t('enable') : t('disable')}
          </Button>
        </Flex>
      ),
    },
  ];

  return (
    <PageFrame
      title={t('users')}
      about={t('usersAbout')}
      actions={
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')}>
          {t('addUser')}
        </Button>
      }
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {disable.isError && <Failure error={disable.error} />}
      {reset.isError && <Failure error={reset.error} />}
      <Card styles={{ body: { padding: 16 } }}>
        <Flex gap={8} align="center" wrap style={{ marginBottom: 12 }}>
          <Input.Search
            allowClear
            value={text}
            onChange={(e) => setText(e.target.value)}
            placeholder={p('search')}
            aria-label={p('search')}
            style={{ width: 240 }}
          />
          {chosen.length > 0 && (
            <>
              <Typography.Text role="status">{t('selected', { n: chosen.length })}</Typography.Text>
              <Button size="small" danger onClick={() => askDisable(chosen, true)}>
                {t('disable')}
              </Button>
              <Button size="small" onClick={() => askDisable(chosen, false)}>
                {t('enable')}
              </Button>
            </>
          )}
          <div style={{ flex: 1 }} />
          <Button
            onClick={() =>
              save(
                'users.csv',
                csv(
                  ['name', 'display', 'role', 'team', 'disabled'],
                  shown.map((u) => [u.name, u.display, u.role, u.team, u.disabled ?? false]),
                ),
              )
            }
          >
            {p('exportCsv')}
          </Button>
        </Flex>
        <Table
          size="small"
          rowKey="id"
          loading={isPending && !error}
          columns={columns}
          dataSource={shown}
          scroll={{ x: 'max-content' }}
          pagination={{ pageSize: 50, hideOnSinglePage: true, showTotal: (n) => p('total', { n }) }}
          rowSelection={{
            selectedRowKeys: chosen,
            onChange: (keys) => setChosen(keys.map(String)),
            getCheckboxProps: (user) => ({ disabled: user.id === me.id, 'aria-label': user.name }),
          }}
        />
      </Card>
      <UserForm
        user={editing}
        onClose={() => setEditing(undefined)}
        onMade={(name, password) => setSecret({ name, password })}
      />
      <Once
        title={t('oneTime', { name: secret?.name ?? '' })}
        about={t('oneTimeHelp')}
        secret={secret?.password}
        onClose={() => setSecret(undefined)}
      />
    </PageFrame>
  );
}
