import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Checkbox, Col, Flex, Progress, Row, Skeleton, Table, Tag, Typography } from 'antd';
import { useCallback, useEffect, useState } from 'react';
import { Link } from 'react-router';
import { get, send } from '../api/client';
import type { IdentityChange, PairEvidence, ReviewPair } from '../api/types';
import { useFormat, useWords } from '../lang/LangProvider';
import { Failure, useFailure } from '../page/Failure';
import { Nothing } from '../page/Nothing';
import { type Row as Line, rows } from './identity';
import { Waterfall } from './Waterfall';
import { identityWords } from './words';

type Verdict = 'same' | 'different' | 'unsure';

function SideBySide({ pair }: { pair: PairEvidence }) {
  const t = useWords(identityWords);
  const [a, b] = pair.parties;
  const cell = (value: string, line: Line) => (
    <Typography.Text
      style={{ overflowWrap: 'anywhere' }}
      {...(line.same ? { type: 'success' } : line.a && line.b && line.field !== 'key' ? { type: 'warning' } : {})}
    >
      {value || '–'}
    </Typography.Text>
  );
  const head = (party: PairEvidence['parties'][number] | undefined) =>
    party && (
      <span>
        <Link to={`/parties/${party.id}`}>{party.name || party.key}</Link>{' '}
        <Link to={`/batches/${party.batch}/rows/${party.row}`} style={{ fontSize: 12, fontWeight: 400 }}>
          {t('row')}
        </Link>
      </span>
    );
  return (
    <Table<Line>
      size="small"
      rowKey="field"
      pagination={false}
      dataSource={rows(pair)}
      columns={[
        { title: t('field'), dataIndex: 'field', width: 110, render: (field: Line['field']) => t(`f_${field}`) },
        { title: head(a), dataIndex: 'a', render: (v: string, line) => cell(v, line) },
        { title: head(b), dataIndex: 'b', render: (v: string, line) => cell(v, line) },
      ]}
    />
  );
}

/** Review asks one pair after the other; the keyboard is enough. */
export function Review({ kind }: { kind: string }) {
  const t = useWords(identityWords);
  const format = useFormat();
  const failure = useFailure();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [at, setAt] = useState(0);
  const [settle, setSettle] = useState(false);
  const [last, setLast] = useState<number>();
  const queue = useQuery({
    queryKey: ['review', kind],
    queryFn: ({ signal }) => get<ReviewPair[]>('identity/review', { kind, limit: 20 }, signal),
    staleTime: Infinity,
  });
  const pair = queue.data?.[at];
  const evidence = useQuery({
    queryKey: ['pair', pair?.a, pair?.b, pair?.why],
    queryFn: ({ signal }) =>
      get<PairEvidence>(
        'identity/pair',
        { a: pair?.a, b: pair?.b, blind: pair?.why === 'second' || undefined },
        signal,
      ),
    enabled: pair !== undefined,
  });
  const { refetch } = queue;
  const total = queue.data?.length ?? 0;
  const next = useCallback(() => {
    setSettle(false);
    if (at + 1 < total) setAt(at + 1);
    else {
      setAt(0);
      void refetch();
    }
  }, [at, total, refetch]);
  const judge = useMutation({
    mutationFn: (verdict: Verdict) =>
      send<IdentityChange>('POST', 'identity/judge', {
        a: pair?.a,
        b: pair?.b,
        verdict,
        blind: pair?.why === 'second',
        settle,
      }),
    onSuccess: (change, verdict) => {
      setLast(change.seq);
      void message.success(t('judged', { verdict: t(verdict) }));
      void client.invalidateQueries({ queryKey: ['identity'] });
      next();
    },
    onError: (error) => void message.error(failure(error).text),
  });
  const undo = useMutation({
    mutationFn: (seq: number) => send<IdentityChange>('POST', 'identity/undo', { change: seq }),
    onSuccess: () => {
      setLast(undefined);
      setAt(0);
      void message.success(t('undone'));
      void client.invalidateQueries({ queryKey: ['identity'] });
      void refetch();
    },
    onError: (error) => void message.error(failure(error).text),
  });
  const busy = judge.isPending || undo.isPending || !evidence.data;
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      const target = e.target as HTMLElement;
      if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
      if (e.key.toLowerCase() === 'u' && last !== undefined && !undo.isPending) return undo.mutate(last);
      if (busy) return;
      if (e.key === '1') judge.mutate('same');
      else if (e.key === '2') judge.mutate('different');
      else if (e.key === '3') judge.mutate('unsure');
      else if (e.key.toLowerCase() === 's') next();
    };
    window.addEventListener('keydown', key);
    return () => window.removeEventListener('keydown', key);
  }, [busy, judge, undo, last, next]);

  if (queue.error) return <Failure error={queue.error} retry={() => void refetch()} />;
  if (queue.isPending) return <Skeleton active />;
  if (!pair)
    return (
      <Nothing title={t('nothing')} about={t('nothingHelp')}>
        {last !== undefined && <Button onClick={() => undo.mutate(last)}>{t('undoLast')}</Button>}
      </Nothing>
    );
  return (
    <Flex vertical gap={16}>
      <Flex justify="space-between" align="center" gap={12} wrap>
        <Flex gap={8} align="center" wrap>
          <Typography.Title level={2} style={{ margin: 0, fontSize: 18 }}>
            {t('question')}
          </Typography.Title>
          <Tag>{t(pair.kind)}</Tag>
          <Tag color={pair.why === 'dispute' ? 'red' : pair.why === 'second' ? 'purple' : 'blue'}>{t(pair.why)}</Tag>
          <Typography.Text type="secondary">
            {t('probability', { p: format.share(pair.probability) })} ·{' '}
            {t('decides', { a: pair.sizes[0] ?? 1, b: pair.sizes[1] ?? 1 })}
          </Typography.Text>
        </Flex>
        <Flex gap={8} align="center">
          <Progress
            percent={Math.round((at / total) * 100)}
            showInfo={false}
            style={{ width: 120 }}
            aria-label={t('queueLeft', { n: total - at })}
          />
          <Typography.Text type="secondary" style={{ fontSize: 12 }}>
            {t('queueLeft', { n: total - at })}
          </Typography.Text>
        </Flex>
      </Flex>
      {evidence.error && <Failure error={evidence.error} retry={() => void evidence.refetch()} />}
      {evidence.isPending && !evidence.error && <Skeleton active />}
      {evidence.data && (
        <Row gutter={[16, 16]}>
          <Col xs={24} xl={13}>
            <SideBySide pair={evidence.data} />
          </Col>
          <Col xs={24} xl={11}>
            <Card size="small" title={t('waterfall')}>
              <Waterfall bars={evidence.data.waterfall} weight={evidence.data.weight} />
            </Card>
          </Col>
        </Row>
      )}
      {pair.why === 'second' && <Alert type="info" showIcon title={t('blind')} />}
      {(evidence.data?.judgements ?? []).length > 0 && (
        <Alert
          type="info"
          title={t('others')}
          description={evidence.data?.judgements.map((j) => (
            <div key={j.seq}>
              {j.actor} · {t(j.verdict)} · {format.ago(j.ts)} {j.note && `· ${j.note}`}
            </div>
          ))}
        />
      )}
      <Flex gap={8} wrap align="center">
        <Button type="primary" size="large" disabled={busy} onClick={() => judge.mutate('same')}>
          1 {t('same')}
        </Button>
        <Button danger size="large" disabled={busy} onClick={() => judge.mutate('different')}>
          2 {t('different')}
        </Button>
        <Button size="large" disabled={busy} onClick={() => judge.mutate('unsure')}>
          3 {t('unsure')}
        </Button>
        <Button size="large" type="text" onClick={next}>
          {t('skip')}
        </Button>
        {last !== undefined && (
          <Button size="large" type="text" loading={undo.isPending} onClick={() => undo.mutate(last)}>
            {t('undoLast')}
          </Button>
        )}
        {pair.why === 'dispute' && (
          <Checkbox checked={settle} onChange={(e) => setSettle(e.target.checked)}>
            {t('settle')}
          </Checkbox>
        )}
        <Typography.Text type="secondary" style={{ fontSize: 12 }}>
          {t('keys')}
        </Typography.Text>
      </Flex>
    </Flex>
  );
}
