import { DownOutlined, FolderOpenOutlined, SaveOutlined } from '../page/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Dropdown, Flex, Form, Input, Modal, Popover, Space, Typography } from 'antd';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { send } from '../api/client';
import type { Question as Saved } from '../api/types';
import { useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { Nothing } from '../page/Nothing';
import { useQuestions } from './explore';
import { type Question, readQuestion, saved } from './question';
import { exploreWords } from './words';

/** Questions opens, keeps, renames and deletes questions under a name. */
export function Questions({ question }: { question: Question }) {
  const t = useWords(exploreWords);
  const client = useQueryClient();
  const { message, modal } = App.useApp();
  const { data = [], error } = useQuestions();
  const [params] = useSearchParams();
  const [naming, setNaming] = useState<{ id?: string; title: string }>();
  const [open, setOpen] = useState(false);
  const now = saved(question);
  const current =
    data.find((q) => saved(readQuestion(new URLSearchParams(q.query))) === now) ??
    data.find((q) => q.id === params.get('q'));
  const [form] = Form.useForm<{ title: string }>();
  const settle = {
    onSuccess: () => {
      setNaming(undefined);
      void message.success(t('saved'));
      void client.invalidateQueries({ queryKey: ['questions'] });
    },
  };
  const put = useMutation({
    mutationFn: (body: { id?: string; title: string; query?: string }) =>
      body.id
        ? send<Saved>('PATCH', `questions/${body.id}`, {
            title: body.title,
            ...(body.query === undefined ? {} : { query: body.query }),
          })
        : send<Saved>('POST', 'questions', { title: body.title, query: now }),
    ...settle,
  });
  const drop = useMutation({
    mutationFn: (id: string) => send('DELETE', `questions/${id}`),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['questions'] }),
  });
  return (
    <>
      <Popover
        open={open}
        onOpenChange={setOpen}
        trigger="click"
        placement="bottomRight"
        title={t('questions')}
        content={
          <div style={{ width: 340, maxHeight: 420, overflow: 'auto' }}>
            {error && <Failure error={error} />}
            {!error && data.length === 0 && <Nothing title={t('noQuestions')} />}
            {data.map((q) => (
              <Flex key={q.id} align="center" gap={4} style={{ padding: '2px 0' }}>
                <Link to={`/explore?${q.query}`} className="clip" style={{ flex: 1 }} onClick={() => setOpen(false)}>
                  {q.title}
                </Link>
                <Button type="text" size="small" onClick={() => setNaming({ id: q.id, title: q.title })}>
                  {t('rename')}
                </Button>
                <Button
                  type="text"
                  size="small"
                  danger
                  onClick={() => {
                    modal.confirm({
                      title: t('deleteSure', { title: q.title }),
                      okText: t('delete'),
                      okButtonProps: { danger: true },
                      onOk: () => drop.mutateAsync(q.id).catch(() => undefined),
                    });
                  }}
                >
                  {t('delete')}
                </Button>
              </Flex>
            ))}
          </div>
        }
      >
        <Button icon={<FolderOpenOutlined />}>{t('questions')}</Button>
      </Popover>
      {current ? (
        <Space.Compact>
          <Button
            icon={<SaveOutlined />}
            onClick={() => put.mutate({ id: current.id, title: current.title, query: now })}
          >
            {t('save')}
          </Button>
          <Dropdown
            menu={{
              items: [
                { key: 'as', label: t('saveAs') },
                { key: 'rename', label: t('rename') },
              ],
              onClick: ({ key }) => setNaming(key === 'as' ? { title: '' } : { id: current.id, title: current.title }),
            }}
          >
            <Button icon={<DownOutlined />} aria-label={t('saveAs')} />
          </Dropdown>
        </Space.Compact>
      ) : (
        <Button icon={<SaveOutlined />} onClick={() => setNaming({ title: '' })}>
          {t('save')}
        </Button>
      )}
      <Modal
        open={naming !== undefined}
        title={naming?.id ? t('rename') : t('save')}
        okText={t('save')}
        confirmLoading={put.isPending}
        destroyOnHidden
        onCancel={() => setNaming(undefined)}
        onOk={form.submit}
      >
        {put.isError && <Failure error={put.error} />}
        {drop.isError && <Failure error={drop.error} />}
        <Form
          form={form}
          layout="vertical"
          preserve={false}
          initialValues={{ title: naming?.title ?? '' }}
          onFinish={({ title }: { title: string }) =>
            put.mutate({ ...(naming?.id ? { id: naming.id } : {}), title: title.trim() })
          }
        >
          <Form.Item
            name="title"
            label={t('questionTitle')}
            rules={[{ required: true, whitespace: true, message: t('needTitle') }]}
          >
            <Input maxLength={120} autoFocus />
          </Form.Item>
        </Form>
        {naming && !naming.id && (
          <Typography.Text type="secondary" className="code" style={{ overflowWrap: 'anywhere' }}>
            {now}
          </Typography.Text>
        )}
      </Modal>
    </>
  );
}
