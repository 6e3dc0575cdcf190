import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Card, Checkbox, Flex, Form, Input, Result, Segmented, Select, Steps } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { send } from '../api/client';
import type { Hints, ImportResult, InspectFile, Inspection, Run } from '../api/types';
import { useLang, useWords } from '../lang/LangProvider';
import { useCheck, useSchema } from '../mapping/check';
import { CheckLine } from '../mapping/CheckLine';
import { at, type Schema } from '../mapping/complete';
import { LazyYamlEditor } from '../mapping/LazyYamlEditor';
import { join, put, read, skeleton } from '../mapping/mapping';
import { MappingForm } from '../mapping/MappingForm';
import { mappingWords } from '../mapping/words';
import { Failure } from '../page/Failure';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { over, useRun } from '../run/run';
import { RunProgress } from '../run/RunProgress';
import { type Change, type Draft, order, type Step, useDraft } from './draft';
import { FilesStep } from './FilesStep';
import { FormatStep } from './FormatStep';
import { DriftNote, Outcome } from './Outcome';
import { sourceWords } from '../source/words';
import { importWords } from './words';

/** merge takes the files of a second look over the first, by upload. */
export function merge(before: Inspection, after: Inspection): Inspection {
  const seen = new Set(after.files.map((f) => f.upload));
  const gone = before.files.filter((f) => seen.has(f.upload)).flatMap((f) => f.tables.map((t) => t.name));
  const fresh = new Set(after.columns.map((c) => c.table));
  return {
    ...before,
    files: [
      ...before.files.flatMap((f) =>
        seen.has(f.upload)
          ? (after.files.filter((a) => a.upload === f.upload && (a.member ?? '') === (f.member ?? '')) ?? [])
          : [f],
      ),
    ],
    mapping: join(before.mapping, after.mapping, gone),
    columns: [...before.columns.filter((c) => !gone.includes(c.table) && !fresh.has(c.table)), ...after.columns],
  };
}

function verbsOf(schema: Schema | undefined): string[] {
  if (!schema) return [];
  return at(schema, ['tables', '-', 'events', '-', 'verb']).flatMap((s) => (s.enum ?? []).map(String));
}

function useInspection(draft: Draft, change: Change) {
  const run = useRun(draft.inspectRun);
  const [patched, setPatched] = useState<{ run: string; inspection: Inspection }>();
  const first = run.data?.state === 'done' ? (run.data.result as Inspection) : undefined;
  const inspection = patched && patched.run === draft.inspectRun ? patched.inspection : first;
  const [second, setSecond] = useState<{ run: string; upload: string }>();
  const again = useRun(second?.run);
  const start = useMutation({
    mutationFn: () =>
      send<Run>('POST', 'imports/inspect', {
        uploads: draft.uploads.map(({ id, name }) => ({ id, name })),
        ...(draft.source ? { source: draft.source } : {}),
        ...(draft.zone ? { zone: draft.zone } : {}),
      }),
    onSuccess: (started) => {
      setPatched(undefined);
      change({ inspectRun: started.id, step: 'format', yaml: '' });
    },
  });
  const reread = useMutation({
    mutationFn: ({ file, hints }: { file: InspectFile; hints: Hints }) =>
      send<Run>('POST', 'imports/inspect', {
        uploads: draft.uploads.filter((u) => u.id === file.upload).map(({ id, name }) => ({ id, name })),
        hints,
        ...(draft.source ? { source: draft.source } : {}),
        ...(draft.zone ? { zone: draft.zone } : {}),
      }),
    onSuccess: (started, { file }) => setSecond({ run: started.id, upload: file.upload }),
  });
  const late = again.data?.state === 'done' ? (again.data.result as Inspection) : undefined;
  const taken = useRef('');
  useEffect(() => {
    if (!late || !inspection || !second || !draft.inspectRun || taken.current === second.run) return;
    taken.current = second.run;
    const merged = merge(inspection, late);
    setPatched({ run: draft.inspectRun, inspection: merged });
    change({ yaml: merged.mapping });
  }, [late, inspection, second, draft.inspectRun, change]);
  // The proposal becomes the draft once; afterwards the draft is its reader's.
  const proposal =
    first &&
    (first.mapping ||
      skeleton(
        draft.source,
        first.files.flatMap((f) => f.tables),
      ));
  const empty = draft.yaml === '';
  useEffect(() => {
    if (!proposal || !empty) return;
    const named = read(proposal)?.source ?? '';
    change({ yaml: proposal, source: draft.source || first?.matched || named });
  }, [proposal, empty, change, draft.source, first?.matched]);
  return {
    run: run.data,
    error: run.error ?? start.error ?? reread.error,
    inspection,
    start,
    reread,
    rereading: second && !over(again.data) ? second.upload : '',
    rereadError: again.data?.error,
  };
}

export function ImportPage() {
  const t = useWords(importWords);
  const m = useWords(mappingWords);
  const s = useWords(sourceWords);
  const { lang } = useLang();
  const { modal } = App.useApp();
  const [params] = useSearchParams();
  const [draft, change, clear] = useDraft(params.get('source') ?? '');
  const look = useInspection(draft, change);
  const schema = useSchema();
  const verbs = useMemo(() => verbsOf(schema.data), [schema.data]);
  const check = useCheck(draft.step === 'mapping' ? draft.yaml : '');
  const [view, setView] = useState<'form' | 'yaml'>('form');
  const trial = useRun(draft.tryRun);
  const commit = useRun(draft.commitRun);
  const body = (dry: boolean) => ({
    uploads: draft.uploads.map(({ id, name }) => ({ id, name })),
    source: draft.source,
    mapping: draft.yaml,
    dry_run: dry,
    accept_drift: draft.acceptDrift,
  });
  const startTry = useMutation({
    mutationFn: () => send<Run>('POST', 'imports', body(true)),
    onSuccess: (run) => change({ tryRun: run.id, tried: draft.yaml, step: 'try' }),
  });
  const startCommit = useMutation({
    mutationFn: () => send<Run>('POST', 'imports', body(false)),
    onSuccess: (run) => change({ commitRun: run.id, step: 'done' }),
  });
  const go = (step: Step) => change({ step });
  useEffect(() => {
    scrollTo({ top: 0 });
  }, [draft.step]);
  const files = look.inspection?.files ?? [];
  const tables = files.flatMap((file) => file.tables.map((table) => ({ name: file.member || file.name, table })));
  const usable = tables.length > 0;
  const tried = trial.data?.state === 'done' ? (trial.data.result as ImportResult) : undefined;
  const result = commit.data?.state === 'done' ? (commit.data.result as ImportResult) : undefined;
  const drifted = commit.data?.state === 'failed' && (commit.data.error?.code ?? '').includes('drift');
  const setSource = (source: string) =>
    change({ source, yaml: draft.yaml && read(draft.yaml) ? put(draft.yaml, ['source'], source) : draft.yaml });
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone').map((value) => ({ value })), []);
  const restart = () => {
    modal.confirm({ title: t('restartSure'), okText: t('restart'), onOk: clear });
  };

  const stepWords = {
    files: 'stepFiles',
    format: 'stepFormat',
    mapping: 'stepMapping',
    try: 'stepTry',
    done: 'stepDone',
  } as const;
  return (
    <PageFrame
      title={t('title')}
      about={t('about')}
      path={[{ to: '/sources', title: s('sources') }]}
      actions={draft.uploads.length > 0 && draft.step !== 'done' && <Button onClick={restart}>{t('restart')}</Button>}
    >
      <Card>
        <Steps
          size="small"
          current={order.indexOf(draft.step)}
          items={order.map((step) => ({ title: t(stepWords[step]) }))}
          responsive
        />
      </Card>

      {draft.step === 'files' && (
        <Card>
          <Flex vertical gap={16}>
            <FilesStep
              uploads={draft.uploads}
              onChange={(next) =>
                change((now) => ({ uploads: next(now.uploads), inspectRun: undefined, tryRun: undefined, yaml: '' }))
              }
            />
            <Form layout="vertical">
              <Flex gap={16} wrap>
                <Form.Item
                  label={t('source')}
                  extra={t('sourceHelp')}
                  htmlFor="source"
                  style={{ width: 340, marginBottom: 0 }}
                >
                  <Input
                    id="source"
                    value={draft.source}
                    onChange={(e) => setSource(e.target.value.trim())}
                    maxLength={100}
                    spellCheck={false}
                    placeholder={t('auto')}
                  />
                </Form.Item>
                <Form.Item label={t('zone')} htmlFor="zone" style={{ width: 260, marginBottom: 0 }}>
                  <Select
                    id="zone"
                    showSearch
                    allowClear
                    value={draft.zone || null}
                    onChange={(zone?: string | null) => change({ zone: zone ?? '' })}
                    placeholder={t('auto')}
                    options={zones}
                  />
                </Form.Item>
              </Flex>
            </Form>
            {look.start.isError && <Failure error={look.start.error} />}
            <Flex justify="end">
              <Button
                type="primary"
                disabled={draft.uploads.length === 0}
                title={draft.uploads.length === 0 ? t('needFile') : ''}
                loading={look.start.isPending}
                onClick={() => (draft.inspectRun ? go('format') : look.start.mutate())}
              >
                {t('next')}
              </Button>
            </Flex>
          </Flex>
        </Card>
      )}

      {draft.step === 'format' && (
        <>
          {look.run && look.run.state !== 'done' && (
            <Card>
              <RunProgress run={look.run} title={t('inspecting')} />
            </Card>
          )}
          {look.error && <Failure error={look.error} />}
          {look.rereadError && (
            <Alert type="error" showIcon title={lang === 'zh' ? look.rereadError.zh : look.rereadError.en} />
          )}
          {look.inspection?.matched && (
            <Alert type="info" showIcon title={t('matched', { name: look.inspection.matched })} />
          )}
          {look.inspection && (
            <FormatStep
              files={files}
              busy={look.rereading || (look.reread.isPending ? look.reread.variables.file.upload : '')}
              onHints={(file, hints) => look.reread.mutate({ file, hints })}
            />
          )}
          {look.inspection && !usable && <Nothing title={t('nothing')} />}
          <Flex justify="space-between">
            <Button onClick={() => go('files')}>{t('back')}</Button>
            <Button type="primary" disabled={!usable} onClick={() => go('mapping')}>
              {t('next')}
            </Button>
          </Flex>
        </>
      )}

      {draft.step === 'mapping' && (
        <>
          <Card>
            <Flex vertical gap={16}>
              <Flex justify="space-between" gap={12} wrap align="end">
                <Form layout="vertical">
                  <Form.Item label={t('source')} htmlFor="source" style={{ width: 300, marginBottom: 0 }}>
                    <Input
                      id="source"
                      value={draft.source}
                      onChange={(e) => setSource(e.target.value.trim())}
                      maxLength={100}
                      spellCheck={false}
                    />
                  </Form.Item>
                </Form>
                <Segmented
                  value={view}
                  aria-label={m('editor')}
                  onChange={(next) => setView(next as 'form' | 'yaml')}
                  options={[
                    { value: 'form', label: t('form') },
                    { value: 'yaml', label: t('yaml') },
                  ]}
                />
              </Flex>
              <CheckLine check={check} />
              {view === 'form' ? (
                <MappingForm
                  yaml={draft.yaml}
                  onChange={(yaml) => change({ yaml })}
                  tables={tables}
                  hints={look.inspection?.columns ?? []}
                  verbs={verbs}
                />
              ) : (
                <LazyYamlEditor
                  label={m('editor')}
                  value={draft.yaml}
                  onChange={(yaml) => change({ yaml })}
                  errors={check.data?.errors ?? []}
                  columns={[...new Set(tables.flatMap(({ table }) => table.header))]}
                  {...(schema.data ? { schema: schema.data } : {})}
                  height="600px"
                />
              )}
            </Flex>
          </Card>
          {startTry.isError && <Failure error={startTry.error} />}
          <Flex justify="space-between">
            <Button onClick={() => go('format')}>{t('back')}</Button>
            <Button
              type="primary"
              disabled={!check.data?.ok || !check.current}
              loading={startTry.isPending}
              onClick={() => startTry.mutate()}
            >
              {t('tryRun')}
            </Button>
          </Flex>
        </>
      )}

      {draft.step === 'try' && (
        <>
          {trial.error && <Failure error={trial.error} />}
          {trial.data && trial.data.state !== 'done' && (
            <Card>
              <RunProgress run={trial.data} title={t('trying')} />
            </Card>
          )}
          {tried && (
            <>
              <Alert type="info" showIcon title={t('would')} />
              <Outcome result={tried} done={false} />
            </>
          )}
          {tried?.drift && (
            <Checkbox checked={draft.acceptDrift} onChange={(e) => change({ acceptDrift: e.target.checked })}>
              {t('acceptDrift')}
            </Checkbox>
          )}
          {startCommit.isError && <Failure error={startCommit.error} />}
          <Flex justify="space-between">
            <Button onClick={() => go('mapping')}>{t('back')}</Button>
            <Flex gap={8}>
              <Button loading={startTry.isPending} onClick={() => startTry.mutate()}>
                {t('tryAgain')}
              </Button>
              <Button
                type="primary"
                disabled={!tried || (tried.drift !== undefined && !draft.acceptDrift)}
                loading={startCommit.isPending}
                onClick={() => startCommit.mutate()}
              >
                {t('commit')}
              </Button>
            </Flex>
          </Flex>
        </>
      )}

      {draft.step === 'done' && (
        <>
          {commit.error && <Failure error={commit.error} />}
          {commit.data && commit.data.state !== 'done' && (
            <Card>
              <RunProgress run={commit.data} title={t('importing')} />
            </Card>
          )}
          {drifted && (
            <Card>
              <Flex vertical gap={12}>
                {tried?.drift && <DriftNote drift={tried.drift} />}
                <Checkbox checked={draft.acceptDrift} onChange={(e) => change({ acceptDrift: e.target.checked })}>
                  {t('acceptDrift')}
                </Checkbox>
              </Flex>
            </Card>
          )}
          {(commit.data?.state === 'failed' || commit.data?.state === 'cancelled') && (
            <Flex justify="space-between">
              <Button onClick={() => go('mapping')}>{t('back')}</Button>
              <Button
                type="primary"
                disabled={drifted && !draft.acceptDrift}
                loading={startCommit.isPending}
                onClick={() => startCommit.mutate()}
              >
                {t('commit')}
              </Button>
            </Flex>
          )}
          {result && (
            <>
              <Card>
                <Result
                  status="success"
                  style={{ padding: 16 }}
                  title={t('done')}
                  subTitle={t('doneHelp')}
                  extra={[
                    <Link
                      key="s"
                      to={`/sources/${encodeURIComponent(draft.source || result.batches[0]?.source || '')}`}
                      onClick={clear}
                    >
                      <Button type="primary">{t('openSource')}</Button>
                    </Link>,
                    <Link
                      key="e"
                      to={`/explore?by=verb&where=${encodeURIComponent(`source:eq:${result.batches[0]?.source ?? draft.source}`)}`}
                      onClick={clear}
                    >
                      <Button>{t('explore')}</Button>
                    </Link>,
                    <Button key="m" onClick={clear}>
                      {t('more')}
                    </Button>,
                  ]}
                />
              </Card>
              <Outcome result={result} done />
            </>
          )}
        </>
      )}
    </PageFrame>
  );
}
