import { Button, Card, Flex, Modal, Skeleton, Tag, Typography } from 'antd';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useFormat, useLang, useWords } from '../lang/LangProvider';
import { LazyYamlEditor } from '../mapping/LazyYamlEditor';
import { Failure } from '../page/Failure';
import { claimWords } from './claim.words';
import type { Item, Version } from './claim';
import { addClaim, useResults, useVersions } from './claims';
import { diff } from './diff';
import { answer } from './verdict';
import { GradeTag } from './Marks';

const tints = {
  same: {},
  gone: { background: 'var(--ant-color-error-bg)' },
  new: { background: 'var(--ant-color-success-bg)' },
} as const;

function Difference({ before, after }: { before: string; after: string }) {
  return (
    <pre
      className="code"
      tabIndex={0}
      style={{ margin: 0, maxHeight: '60vh', overflow: 'auto', whiteSpace: 'pre-wrap' }}
    >
      {diff(before, after).map((line, i) => (
        <div key={i} style={tints[line.kind]}>
          {line.kind === 'gone' ? '− ' : line.kind === 'new' ? '+ ' : '  '}
          {line.text}
        </div>
      ))}
    </pre>
  );
}

/** Versions: each wording of the claim, what changed, and a new one. */
export function Versions({ item }: { item: Item }) {
  const t = useWords(claimWords);
  const format = useFormat();
  const client = useQueryClient();
  const { data, error } = useVersions(item.id);
  const [shown, setShown] = useState<Version>();
  const [pair, setPair] = useState<[Version, Version]>();
  const [draft, setDraft] = useState<string>();
  const save = useMutation({
    mutationFn: (text: string) => addClaim(text),
    onSuccess: () => {
      setDraft(undefined);
      void client.invalidateQueries({ queryKey: ['claim', item.id] });
      void client.invalidateQueries({ queryKey: ['ledger'] });
    },
  });
  const all = [...(data ?? [])].sort((a, b) => b.version - a.version);
  return (
    <Card
      title={t('versions')}
      extra={
        <Button
          size="small"
          onClick={() => {
            save.reset();
            setDraft(item.version.yaml);
          }}
        >
          {t('edit')}
        </Button>
      }
    >
      {error && <Failure error={error} />}
      {!data && !error && <Skeleton active paragraph={{ rows: 2 }} title={false} />}
      <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {all.map((v, i) => {
          const older = all[i + 1];
          return (
            <li key={v.version} style={{ padding: '6px 0' }}>
              <Flex gap={8} align="center" wrap>
                <Typography.Text strong>{t('version', { n: v.version })}</Typography.Text>
                <Tag style={{ marginInlineEnd: 0 }}>{v.seal ? t('seal') : t('notSealed')}</Tag>
                <Typography.Text type="secondary" style={{ fontSize: 12.5 }}>
                  {t('created', { author: v.author, ts: format.time(v.created) })}
                </Typography.Text>
              </Flex>
              <Flex gap={12}>
                <Button type="link" size="small" style={{ padding: 0 }} onClick={() => setShown(v)}>
                  {t('definition')}
                </Button>
                {older && (
                  <Button type="link" size="small" style={{ padding: 0 }} onClick={() => setPair([older, v])}>
                    {t('compare')}
                  </Button>
                )}
              </Flex>
            </li>
          );
        })}
      </ul>
      <Modal
        open={shown !== undefined}
        width={820}
        footer={null}
        title={t('version', { n: shown?.version ?? 0 })}
        onCancel={() => setShown(undefined)}
        destroyOnHidden
      >
        {shown && <LazyYamlEditor value={shown.yaml} label={t('definition')} height="60vh" />}
      </Modal>
      <Modal
        open={pair !== undefined}
        width={820}
        footer={null}
        title={pair && t('diffTitle', { a: pair[0].version, b: pair[1].version })}
        onCancel={() => setPair(undefined)}
        destroyOnHidden
      >
        {pair && <Difference before={pair[0].yaml} after={pair[1].yaml} />}
      </Modal>
      <Modal
        open={draft !== undefined}
        width={860}
        title={t('editTitle')}
        okText={t('save')}
        okButtonProps={{ disabled: draft === item.version.yaml }}
        confirmLoading={save.isPending}
        onOk={() => draft !== undefined && save.mutate(draft)}
        onCancel={() => setDraft(undefined)}
        destroyOnHidden
      >
        <Flex vertical gap={12}>
          <Typography.Text type="secondary">{t('editAbout')}</Typography.Text>
          {save.error && <Failure error={save.error} />}
          {draft !== undefined && (
            <LazyYamlEditor value={item.version.yaml} label={t('definition')} onChange={setDraft} height="50vh" />
          )}
        </Flex>
      </Modal>
    </Card>
  );
}

/** Results: each run of the claim, the newest first. */
export function Results({ item }: { item: Item }) {
  const t = useWords(claimWords);
  const { lang } = useLang();
  const format = useFormat();
  const { data } = useResults(item.id);
  if (!data || data.length === 0) return null;
  return (
    <Card title={t('results')}>
      <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {data.slice(0, 12).map((r) => (
          <li key={r.run} style={{ padding: '6px 0' }}>
            <Flex gap={8} align="center" wrap>
              <Typography.Text type="secondary" style={{ fontSize: 12.5 }}>
                {format.time(r.ts)} · {r.actor} · {t('version', { n: r.version })}
              </Typography.Text>
              {!r.finding.refusal && <GradeTag grade={r.finding.grade} />}
            </Flex>
            <div style={{ fontSize: 13 }}>{answer({ ...item, result: r }, lang)}</div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
