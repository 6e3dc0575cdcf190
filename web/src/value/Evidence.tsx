import { CheckOutlined, DownloadOutlined, LinkOutlined, UnorderedListOutlined } from '../page/icons';
import { App, Button, Card, Descriptions, Drawer, Flex, Grid, Table, Typography } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { useFormat, useLang, useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { More } from '../page/More';
import { Nothing } from '../page/Nothing';
import { RowView } from '../row/RowView';
import { may, useUser } from '../session/session';
import { claimWords } from './claim.words';
import type { Example, Moment, Result, RowRef } from './claim';
import { type CellRow, sampleAddress, useRows } from './claims';
import { useSaid } from './text';
import { show, unitOf } from './unit';

const rowPath = (ref: RowRef) => `/batches/${ref.batch}/rows/${ref.row}`;

function RowLinks({ rows }: { rows: RowRef[] }) {
  const t = useWords(claimWords);
  return (
    <Flex gap="0 10px" wrap style={{ fontSize: 13 }}>
      {rows.slice(0, 8).map((ref) => (
        <Link key={`${ref.batch}:${ref.row}`} to={rowPath(ref)}>
          {t('rowLink', { n: ref.row })}
        </Link>
      ))}
    </Flex>
  );
}

function MomentView({ moment, title }: { moment: Moment; title: string }) {
  const t = useWords(claimWords);
  const format = useFormat();
  const { lang } = useLang();
  return (
    <div
      style={{
        flex: '1 1 180px',
        padding: '10px 12px',
        borderRadius: 6,
        background: 'var(--ant-color-fill-quaternary)',
      }}
    >
      <Typography.Text type="secondary">{[title, moment.team].filter(Boolean).join(' · ')}</Typography.Text>
      <div className="numbers" style={{ fontSize: 18, fontWeight: 600 }}>
        {t('took', { n: show(moment.value, unitOf(moment.unit), lang) })}
      </div>
      <Typography.Text type="secondary" style={{ fontSize: 12.5 }}>
        {format.time(moment.began)} → {format.time(moment.ended)}
      </Typography.Text>
      <RowLinks rows={moment.rows ?? []} />
    </div>
  );
}

/** ExampleCard: one team, one customer, one afternoon, with its rows. */
export function ExampleCard({ example }: { example: Example | null | undefined }) {
  const t = useWords(claimWords);
  const said = useSaid();
  const format = useFormat();
  return (
    <Card title={t('example')}>
      {example ? (
        <Flex vertical gap={10}>
          <Typography.Text style={{ fontSize: 15 }}>{said(example.text)}</Typography.Text>
          <Typography.Text type="secondary">{format.time(example.when)}</Typography.Text>
          <Flex gap={10} wrap>
            {example.before && <MomentView moment={example.before} title={t('before')} />}
            {example.after && <MomentView moment={example.after} title={t('after')} />}
          </Flex>
          <RowLinks rows={example.rows ?? []} />
        </Flex>
      ) : (
        <Typography.Text type="secondary">{t('noExample')}</Typography.Text>
      )}
    </Card>
  );
}

function RowsDrawer({ id, result, open, onClose }: { id: string; result: Result; open: boolean; onClose: () => void }) {
  const t = useWords(claimWords);
  const screens = Grid.useBreakpoint();
  const [chosen, setChosen] = useState<RowRef>();
  const { items, total, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useRows(id, open);
  return (
    <Drawer
      open={open}
      onClose={() => {
        setChosen(undefined);
        onClose();
      }}
      size={screens.md === false ? '100%' : 'min(960px, 86vw)'}
      destroyOnHidden
      title={
        <div>
          {t('rowsTitle')}
          <Typography.Text type="secondary" style={{ display: 'block', fontWeight: 400, fontSize: 13 }}>
            {t('rowsAbout', { n: total || result.finding.counts.events })}
          </Typography.Text>
        </div>
      }
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {chosen && (
        <div style={{ marginBottom: 20 }}>
          <RowView batch={chosen.batch} row={chosen.row} />
        </div>
      )}
      {!error && (
        <>
          <Table<CellRow>
            size="small"
            className="clickable"
            rowKey={(r) => `${r.unit}|${r.period}|${r.role}|${r.batch}|${r.row}`}
            loading={isPending}
            dataSource={items}
            pagination={false}
            scroll={{ x: 640 }}
            onRow={(r) => ({ onClick: () => setChosen(r) })}
            locale={{ emptyText: isPending ? ' ' : <Nothing title={t('rowsNone')} /> }}
            columns={[
              {
                title: t('unit'),
                dataIndex: 'unit',
                ellipsis: true,
                render: (v: string) => <span className="code">{v}</span>,
              },
              { title: t('period'), dataIndex: 'period', width: 110 },
              { title: t('role'), dataIndex: 'role', width: 110, render: (v: string) => t(`as_${v}` as 'as_outcome') },
              {
                title: t('row'),
                key: 'row',
                width: 130,
                render: (_, r) => (
                  <Button
                    type="link"
                    size="small"
                    style={{ padding: 0 }}
                    onClick={(e) => {
                      e.stopPropagation();
                      setChosen(r);
                    }}
                  >
                    {t('rowLink', { n: r.row })}
                  </Button>
                ),
              },
              {
                title: t('batch'),
                key: 'batch',
                width: 90,
                render: (_, r) => (
                  <Link to={rowPath(r)} aria-label={`${t('batch')} ${r.batch.slice(0, 8)} ${r.row}`}>
                    <LinkOutlined />
                  </Link>
                ),
              },
            ]}
          />
          <More n={items.length} more={hasNextPage} loading={isFetchingNextPage} load={() => void fetchNextPage()} />
        </>
      )}
    </Drawer>
  );
}

/** Copy is a button that copies a text and says so. */
export function Copy({ text, label }: { text: string; label: string }) {
  const t = useWords(claimWords);
  const { message } = App.useApp();
  const [done, setDone] = useState(false);
  return (
    <Button
      size="small"
      icon={done ? <CheckOutlined /> : undefined}
      aria-label={label}
      onClick={() => {
        void navigator.clipboard.writeText(text).then(() => {
          setDone(true);
          void message.success(t('copied'));
          setTimeout(() => setDone(false), 2_000);
        });
      }}
    >
      {t('copy')}
    </Button>
  );
}

/** Evidence: how much went in, the rows, the sample, and the command that computes the figure again. */
export function Evidence({ id, result }: { id: string; result: Result }) {
  const t = useWords(claimWords);
  const said = useSaid();
  const format = useFormat();
  const user = useUser();
  const [open, setOpen] = useState(false);
  const counts = result.finding.counts;
  const why = result.about.why ?? [];
  // The sample is saved under the claim's name.
  const command = result.finding.command.replace(/\bsample\.csv\b/, `${id}.csv`);
  return (
    <Card title={t('evidence')}>
      <Flex vertical gap={12}>
        <Descriptions
          size="small"
          column={1}
          items={[
            { key: 'rows', label: t('rowsN'), children: format.number(counts.rows) },
            { key: 'units', label: t('unitsN'), children: format.number(counts.units) },
            {
              key: 'arms',
              label: t('treatedN'),
              children: `${format.number(counts.treated)} / ${format.number(counts.control)}`,
            },
            ...(counts.clusters > 0 && counts.clusters !== counts.units
              ? [{ key: 'clusters', label: t('clustersN'), children: format.number(counts.clusters) }]
              : []),
            { key: 'events', label: t('eventsN'), children: format.number(counts.events) },
            ...(counts.left_out > 0
              ? [
                  {
                    key: 'left',
                    label: t('leftOut'),
                    children: (
                      <div>
                        {format.number(counts.left_out)}
                        {why.map((w) => (
                          <Typography.Text key={w.code} type="secondary" style={{ display: 'block', fontSize: 12.5 }}>
                            {said(w.text)} ({format.number(w.n)})
                          </Typography.Text>
                        ))}
                      </div>
                    ),
                  },
                ]
              : []),
            ...(counts.censored > 0
              ? [{ key: 'cens', label: t('censored'), children: format.number(counts.censored) }]
              : []),
          ]}
        />
        <Flex gap={8} wrap>
          {may(user, 'rows') && (
            <Button icon={<UnorderedListOutlined />} onClick={() => setOpen(true)}>
              {t('showRows')}
            </Button>
          )}
          {may(user, 'export') && (
            <Button icon={<DownloadOutlined />} href={sampleAddress(id)}>
              {t('sample')}
            </Button>
          )}
        </Flex>
        {command && (
          <div>
            <Flex justify="space-between" align="center" gap={8}>
              <Typography.Text strong>{t('command')}</Typography.Text>
              <Copy text={command} label={`${t('copy')}: ${t('command')}`} />
            </Flex>
            <Typography.Text type="secondary" style={{ fontSize: 12.5 }}>
              {t('commandAbout')}
            </Typography.Text>
            <pre
              className="code"
              tabIndex={0}
              style={{
                margin: '6px 0 0',
                padding: '10px 12px',
                borderRadius: 6,
                background: 'var(--ant-color-fill-tertiary)',
                whiteSpace: 'pre-wrap',
                overflowWrap: 'anywhere',
              }}
            >
              {command}
            </pre>
          </div>
        )}
        <Typography.Text type="secondary" className="code" style={{ overflowWrap: 'anywhere' }}>
          {t('digest')} {result.digest.slice(0, 16)}…
        </Typography.Text>
      </Flex>
      <RowsDrawer id={id} result={result} open={open} onClose={() => setOpen(false)} />
    </Card>
  );
}
