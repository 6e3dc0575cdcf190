import { Table, type TableProps, Tag } from 'antd';
import { Link } from 'react-router';
import type { CustomerThing, CustomerView } from '../api/types';
import { useTerm } from '../event/verb';
import { useFormat, useWords } from '../lang/LangProvider';
import { Nothing } from '../page/Nothing';
import { customerWords } from './words';

const states: Record<CustomerThing['state'], string> = {
  open: 'blue',
  won: 'green',
  lost: 'red',
  removed: 'default',
  closed: 'default',
  unknown: 'default',
};

function useEmpty() {
  const t = useWords(customerWords);
  return { emptyText: <Nothing title={t('nothingHere')} about={t('nothingHereHelp')} /> };
}

function useRowLink() {
  const t = useWords(customerWords);
  return (said: { event?: string; batch: string; row: number }) => (
    <Link to={said.event ? `/events/${said.event}` : `/batches/${said.batch}/rows/${said.row}`}>
      {t('openRow', { n: said.row })}
    </Link>
  );
}

/** Things are deals, cases, requests: each with its state, its money and the row that says so. */
export function Things({ things, kind }: { things: CustomerThing[]; kind?: boolean }) {
  const t = useWords(customerWords);
  const format = useFormat();
  const term = useTerm();
  const row = useRowLink();
  const columns: TableProps<CustomerThing>['columns'] = [
    ...(kind
      ? [{ title: t('kind'), dataIndex: 'kind', width: 110, render: (k: string) => term('object_kind', k) }]
      : []),
    { title: t('key'), dataIndex: 'key', width: 190, render: (key: string) => <span className="code">{key}</span> },
    {
      title: t('state'),
      dataIndex: 'state',
      width: 100,
      filters: [...new Set(things.map((x) => x.state))].map((s) => ({ value: s, text: t(s) })),
      onFilter: (value, x) => x.state === value,
      render: (state: CustomerThing['state']) => <Tag color={states[state]}>{t(state)}</Tag>,
    },
    {
      title: t('amount'),
      key: 'amount',
      width: 150,
      align: 'end',
      sorter: (a, b) => (a.amount ?? 0) - (b.amount ?? 0),
      render: (_: unknown, x) => (x.amount === null ? '–' : `${format.decimal(x.amount)} ${x.currency ?? ''}`),
    },
    { title: t('text'), dataIndex: 'text', ellipsis: true, render: (text?: string) => text || '–' },
    { title: t('first'), dataIndex: 'first', width: 120, render: (ts: string) => format.date(ts) },
    {
      title: t('last'),
      dataIndex: 'last',
      width: 120,
      sorter: (a, b) => a.last.localeCompare(b.last),
      render: (ts: string) => format.date(ts),
    },
    { title: t('source'), dataIndex: 'source', width: 120, ellipsis: true },
    { title: t('rowLink'), key: 'row', width: 110, render: (_: unknown, x) => row(x.newest) },
  ];
  return (
    <Table
      size="small"
      rowKey={(x) => `${x.kind}:${x.source}:${x.key}`}
      columns={columns}
      dataSource={things}
      pagination={false}
      scroll={{ x: 1000 }}
      locale={useEmpty()}
    />
  );
}

export function Promises({ promises }: { promises: CustomerView['promises'] }) {
  const t = useWords(customerWords);
  const format = useFormat();
  const term = useTerm();
  const row = useRowLink();
  return (
    <Table
      size="small"
      rowKey={(x) => `${x.said.batch}:${x.said.row}:${x.verb}:${x.due}`}
      dataSource={promises}
      pagination={false}
      scroll={{ x: 800 }}
      locale={useEmpty()}
      columns={[
        { title: t('due'), dataIndex: 'due', width: 130 },
        { title: t('verbs'), dataIndex: 'verb', width: 150, render: (verb: string) => term('verb', verb) },
        { title: t('text'), dataIndex: 'text', ellipsis: true, render: (text?: string) => text || '–' },
        { title: t('when'), dataIndex: 'ts', width: 130, render: (ts: string) => format.date(ts) },
        { title: t('rowLink'), key: 'row', width: 110, render: (_: unknown, x) => row(x.said) },
      ]}
    />
  );
}

export function Campaigns({ campaigns }: { campaigns: CustomerView['campaigns'] }) {
  const t = useWords(customerWords);
  const format = useFormat();
  const row = useRowLink();
  const count = (word: 'sent' | 'opened' | 'clicked' | 'reached') => ({
    title: t(word),
    dataIndex: word,
    width: 80,
    align: 'end' as const,
    render: (n: number) => format.number(n),
  });
  return (
    <Table
      size="small"
      rowKey={(x) => `${x.source}:${x.key}`}
      dataSource={campaigns}
      pagination={false}
      scroll={{ x: 900 }}
      locale={useEmpty()}
      columns={[
        { title: t('key'), dataIndex: 'key', render: (key: string) => <span className="code">{key}</span> },
        { title: t('arm'), dataIndex: 'arm', width: 100, render: (arm?: string) => arm || '–' },
        count('sent'),
        count('opened'),
        count('clicked'),
        count('reached'),
        { title: t('last'), dataIndex: 'last', width: 130, render: (ts: string) => format.date(ts) },
        { title: t('source'), dataIndex: 'source', width: 120, ellipsis: true },
        { title: t('rowLink'), key: 'row', width: 110, render: (_: unknown, x) => row(x.newest) },
      ]}
    />
  );
}

export function Shovels({ shovels }: { shovels: CustomerView['shovels'] }) {
  const t = useWords(customerWords);
  const format = useFormat();
  const row = useRowLink();
  const count = (word: 'offered' | 'opened' | 'used' | 'skipped') => ({
    title: t(word),
    dataIndex: word,
    width: 80,
    align: 'end' as const,
    render: (n: number) => format.number(n),
  });
  return (
    <Table
      size="small"
      rowKey={(x) => `${x.source}:${x.key}`}
      dataSource={shovels}
      pagination={false}
      scroll={{ x: 900 }}
      locale={useEmpty()}
      columns={[
        { title: t('key'), dataIndex: 'key', render: (key: string) => <span className="code">{key}</span> },
        count('offered'),
        count('opened'),
        count('used'),
        count('skipped'),
        { title: t('last'), dataIndex: 'last', width: 130, render: (ts: string) => format.date(ts) },
        { title: t('rowLink'), key: 'row', width: 110, render: (_: unknown, x) => row(x.newest) },
      ]}
    />
  );
}
