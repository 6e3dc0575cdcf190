import { DownloadOutlined, FileSearchOutlined, PlusOutlined, ReloadOutlined, ThunderboltOutlined } from '../page/icons';
import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Card, Flex, Input, Select, Skeleton } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useLang, useWords } from '../lang/LangProvider';
import { csv, save } from '../page/csv';
import { Failure } from '../page/Failure';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { pageWords } from '../page/words';
import { over, useRun } from '../run/run';
import { RunProgress } from '../run/RunProgress';
import { may, useUser } from '../session/session';
import { BridgeCard } from './Bridge';
import { faces, grades, type Face, type Grade, type Row, states } from './claim';
import { runClaims, useLedger } from './claims';
import { Hero } from './Hero';
import { type Filter, matches } from './ledger';
import { LedgerTable } from './LedgerTable';
import { RefusedCard } from './Refused';
import { SuggestDrawer } from './Suggest';
import { useSaid } from './text';
import { gradeOf, headline } from './verdict';
import { valueWords } from './words';

function useFilter(): [Filter, string, (change: Partial<Filter & { year: string }>) => void] {
  const [params, setParams] = useSearchParams();
  const filter: Filter = {
    q: params.get('q') ?? '',
    face: (params.get('face') ?? '') as Face | '',
    grade: (params.get('grade') ?? '') as Grade | '',
    state: params.get('state') ?? '',
  };
  const change = (next: Partial<Filter & { year: string }>) => {
    const query = new URLSearchParams(params);
    for (const [key, value] of Object.entries(next)) {
      if (value) query.set(key, value);
      else query.delete(key);
    }
    setParams(query, { replace: true });
  };
  return [filter, params.get('year') ?? String(dayjs().year()), change];
}

export function LedgerPage() {
  const t = useWords(valueWords);
  const p = useWords(pageWords);
  const said = useSaid();
  const { lang } = useLang();
  const [filter, year, change] = useFilter();
  const [suggesting, setSuggesting] = useState(false);
  const user = useUser();
  const { modal } = App.useApp();
  const { data: ledger, error, refetch } = useLedger(year === 'all' ? '' : year);
  const [runId, setRunId] = useState<string>();
  const run = useRun(runId);
  const start = useMutation({ mutationFn: () => runClaims(), onSuccess: (r) => setRunId(r.id) });
  const failed = (run.data?.result as { failed?: { claim: string; error: { en: string; zh: string } }[] } | undefined)
    ?.failed;
  const rows = ledger?.rows ?? [];
  const shown = rows.filter((row) => matches(row, filter));
  const refused = shown.filter((row) => row.state === 'refused');
  const listed = shown.filter((row) => row.state !== 'refused' || filter.state === 'refused');
  const now = dayjs().year();
  const years = [...new Set([year, ...Array.from({ length: 5 }, (_, i) => String(now - i))])].sort().reverse();
  const create = may(user, 'claim') && (
    <Link to="/value/new">
      <Button type="primary" icon={<PlusOutlined />}>
        {t('newClaim')}
      </Button>
    </Link>
  );
  const suggest = may(user, 'claim') && (
    <Button icon={<ThunderboltOutlined />} onClick={() => setSuggesting(true)}>
      {t('suggest')}
    </Button>
  );
  const line = (row: Row) => {
    const figure = headline(row.result?.finding);
    const worth = row.result?.finding.worth;
    return [
      row.id,
      t(`face_${row.version.claim.face}`),
      said(row.version.claim.title),
      t(`state_${row.state}`),
      gradeOf(row) ?? '',
      figure?.value ?? '',
      figure?.lo ?? '',
      figure?.hi ?? '',
      said(figure?.unit),
      worth?.gross.value ?? '',
      worth?.cost ?? '',
      worth?.net.value ?? '',
      row.q ?? '',
      row.holds ? p('yes') : p('no'),
      said(row.why),
    ];
  };
  const exportCsv = () =>
    save(
      `ledger-${year}-${lang}.csv`,
      csv(
        [
          'id',
          t('face'),
          t('claim'),
          t('state'),
          t('grade'),
          t('figure'),
          t('lo'),
          t('hi'),
          t('unit'),
          t('gross'),
          t('cost'),
          t('net'),
          'q',
          t('holds'),
          t('notCounted', { why: '' }),
        ],
        shown.map(line),
      ),
    );
  return (
    <PageFrame
      title={t('title')}
      about={t('about')}
      actions={
        <>
          <Select
            aria-label={t('year')}
            prefix={t('year')}
            style={{ width: 150 }}
            value={year}
            onChange={(next: string) => change({ year: next })}
            options={['all', ...years.filter((y) => y !== 'all')].map((value) => ({
              value,
              label: value === 'all' ? t('allYears') : value,
            }))}
          />
          <Link to={`/report?year=${year}`}>
            <Button icon={<FileSearchOutlined />}>{t('report')}</Button>
          </Link>
          {may(user, 'claim') && rows.length > 0 && (
            <Button
              icon={<ReloadOutlined />}
              loading={start.isPending}
              disabled={runId !== undefined && !over(run.data)}
              onClick={() => {
                modal.confirm({
                  title: t('runAllSure'),
                  content: t('runAllHelp'),
                  okText: t('runAll'),
                  onOk: () => start.mutateAsync().catch(() => undefined),
                });
              }}
            >
              {t('runAll')}
            </Button>
          )}
          {suggest}
          {create}
        </>
      }
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {start.error && <Failure error={start.error} />}
      {run.data && run.data.state !== 'done' && (
        <Card>
          <RunProgress run={run.data} title={t('running')} />
        </Card>
      )}
      {failed && failed.length > 0 && (
        <Alert
          type="warning"
          showIcon
          closable
          title={t('failedSome', { n: failed.length })}
          description={failed.map((f) => `${f.claim}: ${lang === 'zh' ? f.error.zh : f.error.en}`).join('\n')}
          style={{ whiteSpace: 'pre-line' }}
        />
      )}
      {!ledger && !error && <Skeleton active paragraph={{ rows: 10 }} />}
      {ledger && rows.length === 0 && (
        <Card>
          <Nothing title={year === 'all' ? t('empty') : t('yearEmpty', { year })} about={t('emptyHelp')}>
            {year !== 'all' && <Button onClick={() => change({ year: 'all' })}>{t('showAll')}</Button>}
            {create}
            {suggest}
          </Nothing>
        </Card>
      )}
      {ledger && rows.length > 0 && (
        <>
          <Hero ledger={ledger} />
          <Card styles={{ body: { padding: 16 } }}>
            <Flex gap={8} wrap style={{ marginBottom: 12 }}>
              <Input.Search
                aria-label={t('filterText')}
                placeholder={t('filterText')}
                allowClear
                defaultValue={filter.q}
                onSearch={(q) => change({ q })}
                style={{ width: 240 }}
              />
              <Select
                aria-label={t('face')}
                style={{ width: 150 }}
                value={filter.face}
                onChange={(face: Face | '') => change({ face })}
                options={[
                  { value: '', label: t('allFaces') },
                  ...faces.map((f) => ({ value: f, label: t(`face_${f}`) })),
                ]}
              />
              <Select
                aria-label={t('grade')}
                style={{ width: 150 }}
                value={filter.grade}
                onChange={(grade: Grade | '') => change({ grade })}
                options={[
                  { value: '', label: t('allGrades') },
                  ...grades.map((g) => ({ value: g, label: `${g} · ${t(`grade${g}`)}` })),
                ]}
              />
              <Select
                aria-label={t('state')}
                style={{ width: 150 }}
                value={filter.state}
                onChange={(state: string) => change({ state })}
                options={[
                  { value: '', label: t('allStates') },
                  ...states.map((s) => ({ value: s, label: t(`state_${s}`) })),
                ]}
              />
              <div style={{ flex: 1 }} />
              <Button icon={<DownloadOutlined />} onClick={exportCsv}>
                {p('exportCsv')}
              </Button>
            </Flex>
            <LedgerTable
              rows={listed}
              sums={ledger.faces ?? []}
              overlap={ledger.overlap ?? []}
              code={ledger.total.currency}
              empty={
                <Nothing title={t('noMatch')}>
                  <Button onClick={() => change({ q: '', face: '', grade: '', state: '' })}>{t('clear')}</Button>
                </Nothing>
              }
            />
          </Card>
          {(ledger.notes ?? []).length > 0 && (
            <Alert
              type="info"
              showIcon
              title={(ledger.notes ?? []).map((note) => (
                <div key={note.en}>{said(note)}</div>
              ))}
            />
          )}
          <RefusedCard rows={refused} />
          <BridgeCard bridges={ledger.bridge ?? []} code={ledger.total.currency} />
        </>
      )}
      <SuggestDrawer open={suggesting} onClose={() => setSuggesting(false)} />
    </PageFrame>
  );
}
