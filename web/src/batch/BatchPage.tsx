import { ReloadOutlined, RollbackOutlined } from '../page/icons';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, App, Button, Card, Flex, Form, Input, Modal, Skeleton, Tabs } from 'antd';
import { useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { get, send } from '../api/client';
import type { Batch, Run } from '../api/types';
import { useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { PageFrame } from '../page/PageFrame';
import { useRun } from '../run/run';
import { RunProgress } from '../run/RunProgress';
import { may, useUser } from '../session/session';
import { BatchState } from './BatchState';
import { LinkTable } from './LinkTable';
import { Rejects } from './Rejects';
import { BatchNumbers, BatchReport, CheckTable } from './Report';
import { batchWords } from './words';

export function BatchPage() {
  const t = useWords(batchWords);
  const { id = '' } = useParams();
  const user = useUser();
  const { modal } = App.useApp();
  const [params, setParams] = useSearchParams();
  const [asking, setAsking] = useState(false);
  const [runId, setRunId] = useState<string>();
  const [form] = Form.useForm<{ reason: string }>();
  const {
    data: batch,
    error,
    refetch,
  } = useQuery({ queryKey: ['batch', id], queryFn: ({ signal }) => get<Batch>(`batches/${id}`, undefined, signal) });
  const run = useRun(runId);
  const start = { onSuccess: (started: Run) => setRunId(started.id) };
  const rollback = useMutation({
    mutationFn: (reason: string) => send<Run>('POST', `batches/${id}/rollback`, { reason }),
    onSuccess: (started) => {
      setAsking(false);
      setRunId(started.id);
    },
  });
  const remap = useMutation({ mutationFn: () => send<Run>('POST', `batches/${id}/remap`), ...start });
  const gone = batch?.state === 'rolled_back';
  const tab = params.get('tab') ?? 'report';
  return (
    <PageFrame
      title={batch?.name ?? t('batch')}
      about={batch && <BatchState state={batch.state} />}
      path={[
        { to: '/batches', title: t('batches') },
        ...(batch ? [{ to: `/sources/${encodeURIComponent(batch.source)}`, title: batch.source }] : []),
      ]}
      actions={
        batch &&
        may(user, 'rollback') && (
          <>
            <Button
              icon={<ReloadOutlined />}
              disabled={gone}
              loading={remap.isPending}
              onClick={() => {
                modal.confirm({
                  title: t('remapSure'),
                  okText: t('remap'),
                  onOk: () => remap.mutateAsync().catch(() => undefined),
                });
              }}
            >
              {t('remap')}
            </Button>
            <Button danger icon={<RollbackOutlined />} disabled={gone} onClick={() => setAsking(true)}>
              {t('rollback')}
            </Button>
          </>
        )
      }
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {remap.isError && <Failure error={remap.error} />}
      {run.data && run.data.state !== 'done' && (
        <Card>
          <RunProgress run={run.data} />
        </Card>
      )}
      {!batch && !error && <Skeleton active />}
      {batch && (
        <>
          {gone && <Alert type="info" showIcon title={t('rolledNote')} />}
          <BatchNumbers batch={batch} />
          <Card styles={{ body: { paddingTop: 4 } }}>
            <Tabs
              activeKey={tab}
              onChange={(key) => setParams(key === 'report' ? {} : { tab: key }, { replace: true })}
              items={[
                { key: 'report', label: t('report'), children: <BatchReport batch={batch} /> },
                {
                  key: 'rejects',
                  label: `${t('rejects')} (${batch.rejected + batch.cells_rejected})`,
                  children: <Rejects batch={id} known={batch.rejected + batch.cells_rejected} />,
                },
                { key: 'links', label: t('links'), children: <LinkTable links={batch.links ?? []} /> },
                { key: 'checks', label: t('checks'), children: <CheckTable checks={batch.checks ?? []} /> },
              ]}
            />
          </Card>
        </>
      )}
      <Modal
        open={asking}
        title={t('rollbackTitle', { name: batch?.name ?? '' })}
        okText={t('rollback')}
        okButtonProps={{ danger: true }}
        confirmLoading={rollback.isPending}
        destroyOnHidden
        onCancel={() => setAsking(false)}
        onOk={form.submit}
      >
        <Flex vertical gap={12}>
          {rollback.isError && <Failure error={rollback.error} />}
          <span>{t('rollbackHelp', { events: batch?.events ?? 0, parties: batch?.parties ?? 0 })}</span>
          <Form
            form={form}
            layout="vertical"
            preserve={false}
            onFinish={({ reason }: { reason: string }) => rollback.mutate(reason.trim())}
          >
            <Form.Item
              name="reason"
              label={t('why')}
              rules={[{ required: true, whitespace: true, message: t('needWhy') }]}
            >
              <Input.TextArea rows={3} maxLength={500} autoFocus />
            </Form.Item>
          </Form>
        </Flex>
      </Modal>
    </PageFrame>
  );
}
