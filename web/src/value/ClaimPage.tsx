import { DeleteOutlined, ReloadOutlined, ThunderboltOutlined } from '../page/icons';
import { Alert, Button, Card, Col, Descriptions, Flex, Form, Input, Modal, Row, Skeleton, Typography } from 'antd';
import { useEffect, useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { useQueryClient } from '@tanstack/react-query';
import { useTerm } from '../event/verb';
import { useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { PageFrame } from '../page/PageFrame';
import { over, useRun } from '../run/run';
import { RunProgress } from '../run/RunProgress';
import { may, useUser } from '../session/session';
import { Answer } from './Answer';
import { claimWords } from './claim.words';
import type { Item } from './claim';
import { useClaim, useRunClaim, useWithdraw } from './claims';
import { Evidence, ExampleCard } from './Evidence';
import { FaceName, GradeTag, StateBadge } from './Marks';
import { Pair, WorthCard } from './Money';
import { Pictures } from './Pictures';
import { Sealing } from './Sealing';
import { useSaid } from './text';
import { Timeline } from './Timeline';
import { Traps } from './Traps';
import { gradeOf, headline } from './verdict';
import { Results, Versions } from './Versions';

function Design({ item }: { item: Item }) {
  const t = useWords(claimWords);
  const term = useTerm();
  const claim = item.version.claim;
  const verbs = (list: string[] | undefined) => (list ?? []).map((v) => term('verb', v)).join(', ');
  const design = `design_${claim.exposure.design}`;
  const measured = claim.outcome.metric ?? verbs(claim.outcome.verbs);
  const who = verbs(claim.population?.entry?.verbs) || (claim.population?.teams ?? []).join(', ');
  return (
    <Card title={t('design')}>
      <Typography.Paragraph strong>
        {design in claimWords ? t(design as 'design_staggered') : claim.exposure.design}
      </Typography.Paragraph>
      <Timeline claim={claim} result={item.result} />
      <Descriptions
        size="small"
        column={{ xs: 1, lg: 2 }}
        style={{ marginTop: 14 }}
        items={[
          ...(measured ? [{ key: 'm', label: t('measured'), children: measured }] : []),
          ...(who ? [{ key: 'w', label: t('population'), children: who }] : []),
          ...(claim.exposure.shovel || claim.shovel
            ? [{ key: 'x', label: t('exposureIs'), children: claim.exposure.shovel || claim.shovel }]
            : []),
        ]}
      />
    </Card>
  );
}

function Withdraw({ id }: { id: string }) {
  const t = useWords(claimWords);
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<{ reason: string }>();
  const withdraw = useWithdraw(id);
  return (
    <>
      <Button danger type="text" icon={<DeleteOutlined />} onClick={() => setOpen(true)}>
        {t('withdraw')}
      </Button>
      <Modal
        open={open}
        title={t('withdrawSure')}
        okText={t('withdraw')}
        okButtonProps={{ danger: true }}
        confirmLoading={withdraw.isPending}
        destroyOnHidden
        onCancel={() => setOpen(false)}
        onOk={form.submit}
      >
        {withdraw.error && <Failure error={withdraw.error} />}
        <Form
          form={form}
          layout="vertical"
          preserve={false}
          onFinish={({ reason }: { reason: string }) =>
            withdraw.mutate(reason.trim(), { onSuccess: () => setOpen(false) })
          }
        >
          <Form.Item
            name="reason"
            label={t('withdrawWhy')}
            rules={[{ required: true, whitespace: true, message: t('needWhy') }]}
          >
            <Input.TextArea rows={3} maxLength={500} />
          </Form.Item>
        </Form>
      </Modal>
    </>
  );
}

export function ClaimPage() {
  const t = useWords(claimWords);
  const said = useSaid();
  const user = useUser();
  const { id = '' } = useParams();
  const client = useQueryClient();
  const { data: item, error, refetch } = useClaim(id);
  const start = useRunClaim(id);
  const [params] = useSearchParams();
  const [runId, setRunId] = useState(params.get('run') ?? undefined);
  const run = useRun(runId);
  const ended = over(run.data);
  useEffect(() => {
    if (!ended) return;
    void client.invalidateQueries({ queryKey: ['claim', id] });
    void client.invalidateQueries({ queryKey: ['ledger'] });
  }, [ended, client, id]);
  const running = runId !== undefined && !ended;
  const sealed = Boolean(item?.version.seal);
  const result = item?.result;
  const finding = result?.finding;
  const gone = item?.state === 'withdrawn';
  return (
    <PageFrame
      title={item ? said(item.version.claim.title) || id : t('claim')}
      about={
        item && (
          <Flex gap="2px 12px" wrap align="center" component="span">
            <FaceName face={item.version.claim.face} />
            <StateBadge state={item.state} />
            <GradeTag grade={gradeOf(item)} />
            <span className="code">{item.id}</span>
            {t('version', { n: item.version.version })}
          </Flex>
        )
      }
      path={[{ to: '/value', title: t('ledger') }]}
      actions={
        item && (
          <>
            {!gone && may(user, 'claim') && <Withdraw id={id} />}
            {may(user, 'claim') && (
              <Button
                type="primary"
                icon={result ? <ReloadOutlined /> : <ThunderboltOutlined />}
                disabled={gone || running}
                loading={start.isPending}
                onClick={() => start.mutate(undefined, { onSuccess: (r) => setRunId(r.id) })}
              >
                {t(result ? 'again' : sealed ? 'run' : 'sealRun')}
              </Button>
            )}
          </>
        )
      }
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {start.error && <Failure error={start.error} />}
      {run.data && run.data.state !== 'done' && (
        <Card>
          <RunProgress run={run.data} title={t('running')} />
        </Card>
      )}
      {gone && <Alert type="warning" showIcon title={t('withdrawnWhy', { why: item.why || '–' })} />}
      {!item && !error && <Skeleton active paragraph={{ rows: 10 }} />}
      {item && (
        <Row gutter={[16, 16]}>
          <Col xs={24} xl={16}>
            <Flex vertical gap={16}>
              <Answer item={item} />
              {finding && <Traps diagnostics={finding.diagnostics ?? []} />}
              <Design item={item} />
              <Pictures item={item} />
              {finding?.influenced && <Pair influenced={finding.influenced} code={finding.worth?.currency} />}
              {finding?.worth && <WorthCard worth={finding.worth} effect={headline(finding)} />}
            </Flex>
          </Col>
          <Col xs={24} xl={8}>
            <Flex vertical gap={16}>
              {result && <ExampleCard example={result.example} />}
              {result && <Evidence id={id} result={result} />}
              <Sealing item={item} />
              <Versions item={item} />
              <Results item={item} />
            </Flex>
          </Col>
        </Row>
      )}
    </PageFrame>
  );
}
