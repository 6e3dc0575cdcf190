import { SwapOutlined } from '../page/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Form, Input, Modal, Popconfirm, Table, type TableProps, Tag } from 'antd';
import { useState } from 'react';
import { send } from '../api/client';
import type { Handover } from '../api/types';
import { useFormat, useWords } from '../lang/LangProvider';
import { Failure, useFailure } from '../page/Failure';
import { More } from '../page/More';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { usePages } from '../page/paging';
import { PartySelect } from '../party/PartySelect';
import { may, useUser } from '../session/session';
import { customerWords } from './words';

function Colleague({ value, onChange, label }: { value: string; onChange: (id: string) => void; label: string }) {
  const t = useWords(customerWords);
  return (
    <PartySelect
      kind="staff"
      value={value || null}
      label={label}
      placeholder={t('colleague')}
      onChange={(hit) => onChange(hit.id)}
    />
  );
}

function NewHandover({ onClose }: { onClose: () => void }) {
  const t = useWords(customerWords);
  const { message } = App.useApp();
  const client = useQueryClient();
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const body = { from, to, reason: reason.trim() };
  const count = useMutation({ mutationFn: () => send<Handover>('POST', 'handovers', { ...body, dry_run: true }) });
  const hand = useMutation({
    mutationFn: () => send<Handover>('POST', 'handovers', body),
    onSuccess: (h) => {
      void message.success(t('handed', { n: h.n }));
      void client.invalidateQueries({ queryKey: ['handovers'] });
      onClose();
    },
  });
  const ready = Boolean(from && to && from !== to);
  return (
    <Modal
      open
      title={t('newHandover')}
      onCancel={onClose}
      okText={count.data ? t('handNow') : t('count')}
      okButtonProps={{ disabled: !ready || count.data?.n === 0, loading: count.isPending || hand.isPending }}
      onOk={() => (count.data ? hand.mutate() : count.mutate())}
    >
      {(count.error ?? hand.error) && <Failure error={count.error ?? hand.error} />}
      <Form layout="vertical">
        <Form.Item label={t('from')}>
          <Colleague
            value={from}
            label={t('from')}
            onChange={(id) => {
              setFrom(id);
              count.reset();
            }}
          />
        </Form.Item>
        <Form.Item label={t('to')}>
          <Colleague
            value={to}
            label={t('to')}
            onChange={(id) => {
              setTo(id);
              count.reset();
            }}
          />
        </Form.Item>
        <Form.Item label={t('reason')} htmlFor="handover-reason">
          <Input id="handover-reason" maxLength={400} value={reason} onChange={(e) => setReason(e.target.value)} />
        </Form.Item>
      </Form>
      {count.data && <Alert type="info" showIcon title={t('wouldHand', { n: count.data.n })} />}
    </Modal>
  );
}

export function HandoversPage() {
  const t = useWords(customerWords);
  const format = useFormat();
  const user = useUser();
  const failure = useFailure();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [adding, setAdding] = useState(false);
  const { items, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = usePages<Handover>(
    ['handovers'],
    'handovers',
    { limit: 50 },
  );
  const undo = useMutation({
    mutationFn: (id: string) => send<Handover>('POST', `handovers/${id}/undo`),
    onSuccess: (h) => {
      void message.success(t('undid', { n: h.n }));
      void client.invalidateQueries({ queryKey: ['handovers'] });
    },
    onError: (fault) => void message.error(failure(fault).text),
  });
  const assign = may(user, 'assign');
  const columns: TableProps<Handover>['columns'] = [
    { title: t('when'), dataIndex: 'ts', width: 170, render: (ts: string) => format.time(ts) },
    { title: t('from'), key: 'from', render: (_: unknown, h) => h.from.name || h.from.id.slice(0, 8) },
    { title: t('to'), key: 'to', render: (_: unknown, h) => h.to.name || h.to.id.slice(0, 8) },
    { title: t('n'), dataIndex: 'n', width: 110, align: 'end', render: (n: number) => format.number(n) },
    { title: t('reason'), dataIndex: 'reason', ellipsis: true, render: (reason: string) => reason || '–' },
    { title: t('by'), dataIndex: 'actor', width: 160, ellipsis: true },
    {
      title: t('state'),
      key: 'undo',
      width: 130,
      render: (_: unknown, h) =>
        h.undone ? (
          <Tag title={format.exact(h.undone)}>{t('undone')}</Tag>
        ) : (
          assign && (
            <Popconfirm
              title={t('undo')}
              description={<div style={{ maxWidth: 280 }}>{t('undoHelp')}</div>}
              onConfirm={() => undo.mutate(h.id ?? '')}
            >
              <Button size="small">{t('undo')}</Button>
            </Popconfirm>
          )
        ),
    },
  ];
  const button = assign && (
    <Button type="primary" icon={<SwapOutlined />} onClick={() => setAdding(true)}>
      {t('newHandover')}
    </Button>
  );
  return (
    <PageFrame
      title={t('handovers')}
      about={t('handoverAbout')}
      path={[{ to: '/customers', title: t('customers') }]}
      actions={button}
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      <Card styles={{ body: { padding: 16 } }}>
        <Table
          size="small"
          rowKey={(h) => h.id ?? h.ts}
          loading={isPending && !error}
          columns={columns}
          dataSource={items}
          pagination={false}
          scroll={{ x: 900 }}
          locale={{
            emptyText: isPending ? (
              ' '
            ) : (
              <Nothing title={t('noHandovers')} about={t('noHandoversHelp')}>
                {button}
              </Nothing>
            ),
          }}
        />
        <More n={items.length} more={hasNextPage} loading={isFetchingNextPage} load={() => void fetchNextPage()} />
      </Card>
      {adding && <NewHandover onClose={() => setAdding(false)} />}
    </PageFrame>
  );
}
