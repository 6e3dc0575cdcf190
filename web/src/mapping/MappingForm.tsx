import { DeleteOutlined, PlusOutlined } from '../page/icons';
import {
  Alert,
  Button,
  Card,
  Flex,
  Input,
  Progress,
  Segmented,
  Select,
  Table,
  type TableProps,
  Tabs,
  Typography,
} from 'antd';
import type { ReactNode } from 'react';
import type { ColumnHint, InspectTable } from '../api/types';
import { useFormat, usePick, useWords } from '../lang/LangProvider';
import { ExprInput } from './ExprInput';
import {
  addTo,
  assign,
  assigned,
  inside,
  type MappedEvent,
  type Mapping,
  type Party,
  partyFields,
  type Path,
  put,
  read,
  removeAt,
  type Table as MappedTable,
  tableFor,
  type Target,
  targets,
} from './mapping';
import { mappingWords } from './words';

type Props = {
  yaml: string;
  onChange: (yaml: string) => void;
  tables: { name: string; table: InspectTable }[];
  hints: ColumnHint[];
  verbs?: readonly string[];
};

type Line = { column: string; samples: string[]; hint: ColumnHint | undefined };

function useTargetName() {
  const t = useWords(mappingWords);
  return (target: Target): string => {
    if (target.group === 'row') return t('rowKey');
    const field =
      target.field === 'attrs' ? t('attr') : target.field === 'object.key' ? t('objectKey') : t(target.field as 'name');
    return `${target.of} · ${field}`;
  };
}

function Columns({
  lines,
  table,
  at,
  yaml,
  onChange,
}: {
  lines: Line[];
  table: MappedTable;
  at: number;
  yaml: string;
  onChange: (yaml: string) => void;
}) {
  const t = useWords(mappingWords);
  const pick = usePick();
  const format = useFormat();
  const name = useTargetName();
  const all = targets(table, at);
  const groups = [...new Set(all.map((target) => `${target.group}:${target.of}`))].map((group) => {
    const members = all.filter((target) => `${target.group}:${target.of}` === group);
    return {
      label: members[0]?.of || t('rowKey'),
      options: members.map((target) => ({ value: target.id, label: name(target) })),
    };
  });
  const columns: TableProps<Line>['columns'] = [
    {
      title: t('column'),
      dataIndex: 'column',
      width: 170,
      fixed: 'start',
      render: (column: string) => <Typography.Text strong>{column}</Typography.Text>,
    },
    {
      title: t('samples'),
      dataIndex: 'samples',
      width: 230,
      render: (samples: string[]) => (
        <div style={{ maxWidth: 210 }}>
          {samples.map((s, i) => (
            <div key={i} className="clip" title={s} style={{ color: 'var(--ant-color-text-secondary)', fontSize: 13 }}>
              {s}
            </div>
          ))}
        </div>
      ),
    },
    {
      title: t('meaning'),
      key: 'meaning',
      width: 300,
      render: (_: unknown, line) => {
        const n = inside(table, line.column);
        return (
          <>
            <Select
              mode="multiple"
              size="small"
              style={{ width: '100%' }}
              aria-label={`${t('meaning')}: ${line.column}`}
              placeholder={n > 0 ? t('inside', { n }) : t('unused')}
              value={assigned(table, at, line.column)}
              onChange={(ids: string[]) => onChange(assign(yaml, at, line.column, ids))}
              options={groups}
              showSearch={{ optionFilterProp: 'label' }}
              popupMatchSelectWidth={280}
            />
            {n > 0 && assigned(table, at, line.column).length > 0 && (
              <Typography.Text type="secondary" style={{ fontSize: 12 }}>
                {t('inside', { n })}
              </Typography.Text>
            )}
          </>
        );
      },
    },
    {
      title: t('confidence'),
      key: 'confidence',
      width: 120,
      sorter: (a, b) => (a.hint?.confidence ?? 0) - (b.hint?.confidence ?? 0),
      render: (_: unknown, { hint }) =>
        hint && (
          <Progress
            percent={Math.round(hint.confidence * 100)}
            size="small"
            status="normal"
            strokeColor={
              hint.confidence >= 0.8
                ? 'var(--ant-color-success)'
                : hint.confidence >= 0.5
                  ? 'var(--ant-color-warning)'
                  : 'var(--ant-color-text-quaternary)'
            }
            format={() => format.share(hint.confidence)}
            aria-label={t('confidence')}
          />
        ),
    },
    {
      title: t('reason'),
      key: 'reason',
      render: (_: unknown, { hint }) =>
        hint && <Typography.Text type="secondary">{pick(hint, 'reason')}</Typography.Text>,
    },
  ];
  return (
    <Table size="small" rowKey="column" columns={columns} dataSource={lines} scroll={{ x: 980 }} pagination={false} />
  );
}

function Field({ label, children }: { label: string; children: ReactNode }) {
  return (
    <label style={{ display: 'grid', gridTemplateColumns: '112px 1fr', alignItems: 'center', gap: 8 }}>
      <Typography.Text type="secondary" style={{ fontSize: 13 }}>
        {label}
      </Typography.Text>
      {children}
    </label>
  );
}

const grid = {
  display: 'grid',
  gridTemplateColumns: 'repeat(auto-fill, minmax(300px, 1fr))',
  gap: '8px 20px',
} as const;

type Parts = { table: MappedTable; path: Path; yaml: string; columns: string[]; onChange: (yaml: string) => void };

function PartyCard({ party, path, yaml, columns, onChange }: { party: Party } & Omit<Parts, 'table'>) {
  const t = useWords(mappingWords);
  const change = (field: string) => (value: string) => onChange(put(yaml, [...path, field], value));
  return (
    <Card
      size="small"
      title={<span className="code">{party.ref}</span>}
      extra={
        <Button
          type="text"
          size="small"
          danger
          icon={<DeleteOutlined />}
          aria-label={`${t('remove')} ${party.ref}`}
          onClick={() => onChange(removeAt(yaml, path))}
        />
      }
    >
      <div style={grid}>
        <Field label={t('ref')}>
          <Plain value={party.ref} label={t('ref')} onCommit={change('ref')} />
        </Field>
        <Field label={t('kind')}>
          <Select
            size="small"
            aria-label={t('kind')}
            value={party.kind}
            onChange={change('kind')}
            options={(['account', 'person', 'staff'] as const).map((k) => ({ value: k, label: t(k) }))}
          />
        </Field>
        <Field label={t('namespace')}>
          <Plain value={party.namespace} label={t('namespace')} onCommit={change('namespace')} />
        </Field>
        {partyFields.map((field) => (
          <Field key={field} label={t(field)}>
            <ExprInput
              label={`${party.ref} ${t(field)}`}
              value={party[field]}
              columns={columns}
              onCommit={change(field)}
            />
          </Field>
        ))}
      </div>
    </Card>
  );
}

function Plain({ value, label, onCommit }: { value: string; label: string; onCommit: (value: string) => void }) {
  return (
    <Input
      key={value}
      size="small"
      aria-label={label}
      defaultValue={value}
      spellCheck={false}
      onBlur={(e) => {
        if (e.target.value !== value) onCommit(e.target.value.trim());
      }}
    />
  );
}

function EventCard({
  event,
  table,
  path,
  yaml,
  columns,
  onChange,
  verbs,
}: { event: MappedEvent; verbs: readonly string[] } & Parts) {
  const t = useWords(mappingWords);
  const change =
    (...steps: string[]) =>
    (value: string) =>
      onChange(put(yaml, [...path, ...steps], value));
  const refs = (kind: 'account' | 'person' | 'staff') => [
    { value: '', label: t('none') },
    ...(table.parties ?? []).filter((p) => p.kind === kind).map((p) => ({ value: p.ref, label: p.ref })),
  ];
  return (
    <Card
      size="small"
      title={<span className="code">{event.verb}</span>}
      extra={
        <Button
          type="text"
          size="small"
          danger
          icon={<DeleteOutlined />}
          aria-label={`${t('remove')} ${event.verb}`}
          onClick={() => onChange(removeAt(yaml, path))}
        />
      }
    >
      <div style={grid}>
        <Field label={t('verb')}>
          <ExprInput label={t('verb')} value={event.verb} columns={verbs} onCommit={change('verb')} />
        </Field>
        <Field label={t('ts')}>
          <ExprInput label={`${event.verb} ${t('ts')}`} value={event.ts} columns={columns} onCommit={change('ts')} />
        </Field>
        <Field label={t('when')}>
          <ExprInput
            label={`${event.verb} ${t('when')}`}
            value={event.when}
            columns={columns}
            onCommit={change('when')}
          />
        </Field>
        {(['account', 'person', 'staff'] as const).map((kind) => (
          <Field key={kind} label={t(kind)}>
            <Select
              size="small"
              aria-label={`${event.verb} ${t(kind)}`}
              value={event[kind] ?? ''}
              onChange={change(kind)}
              options={refs(kind)}
            />
          </Field>
        ))}
        <Field label={t('objectKind')}>
          <Plain value={event.object?.kind ?? ''} label={t('objectKind')} onCommit={change('object', 'kind')} />
        </Field>
        <Field label={t('objectKey')}>
          <ExprInput
            label={`${event.verb} ${t('objectKey')}`}
            value={event.object?.key}
            columns={columns}
            onCommit={change('object', 'key')}
          />
        </Field>
        {(['channel', 'amount', 'currency', 'quantity', 'unit', 'text'] as const).map((field) => (
          <Field key={field} label={t(field)}>
            <ExprInput
              label={`${event.verb} ${t(field)}`}
              value={event[field]}
              columns={columns}
              onCommit={change(field)}
            />
          </Field>
        ))}
      </div>
    </Card>
  );
}

function TableForm({
  mapping,
  at,
  name,
  inspected,
  hints,
  yaml,
  onChange,
  verbs,
}: {
  mapping: Mapping;
  at: number;
  name: string;
  inspected: InspectTable;
  hints: ColumnHint[];
  yaml: string;
  onChange: (yaml: string) => void;
  verbs: readonly string[];
}) {
  const t = useWords(mappingWords);
  const table = mapping.tables[at];
  if (!table) return <Alert type="warning" showIcon title={t('notMapped')} />;
  const lines: Line[] = inspected.header.map((column, i) => ({
    column,
    samples: [...new Set(inspected.sample.map((row) => row[i] ?? '').filter(Boolean))].slice(0, 3),
    hint: hints.find(
      (h) => h.column === column && (h.table === name || h.table === inspected.name || h.table === table.name),
    ),
  }));
  const head = (title: string, about: string, button: ReactNode) => (
    <Flex justify="space-between" align="center">
      <div>
        <Typography.Text strong>{title}</Typography.Text> <Typography.Text type="secondary">{about}</Typography.Text>
      </div>
      {button}
    </Flex>
  );
  const root: Path = ['tables', at];
  return (
    <Flex vertical gap={16}>
      <Columns lines={lines} table={table} at={at} yaml={yaml} onChange={onChange} />
      <div style={grid}>
        <Field label={t('mode')}>
          <Segmented
            size="small"
            aria-label={t('mode')}
            value={table.mode ?? 'log'}
            onChange={(mode) => onChange(put(yaml, [...root, 'mode'], mode))}
            options={[
              { value: 'log', label: t('log') },
              { value: 'snapshot', label: t('snapshot') },
            ]}
          />
        </Field>
        <Field label={t('where')}>
          <ExprInput
            label={t('where')}
            value={table.where}
            columns={inspected.header}
            onCommit={(value) => onChange(put(yaml, [...root, 'where'], value))}
          />
        </Field>
      </div>
      {head(
        t('parties'),
        t('partiesHelp'),
        <Button
          size="small"
          icon={<PlusOutlined />}
          onClick={() =>
            onChange(
              addTo(yaml, at, 'parties', {
                ref: `party${(table.parties?.length ?? 0) + 1}`,
                kind: 'account',
                namespace: `${mapping.source}.${table.name}`,
                key: '',
              }),
            )
          }
        >
          {t('addParty')}
        </Button>,
      )}
      {table.parties?.map((party, i) => (
        <PartyCard
          key={`${i}${party.ref}`}
          party={party}
          path={[...root, 'parties', i]}
          yaml={yaml}
          columns={inspected.header}
          onChange={onChange}
        />
      ))}
      {head(
        t('events'),
        t('eventsHelp'),
        <Button
          size="small"
          icon={<PlusOutlined />}
          onClick={() => onChange(addTo(yaml, at, 'events', { verb: 'stat.reported', ts: '' }))}
        >
          {t('addEvent')}
        </Button>,
      )}
      {table.events?.map((event, i) => (
        <EventCard
          key={`${i}${event.verb}`}
          event={event}
          table={table}
          path={[...root, 'events', i]}
          yaml={yaml}
          columns={inspected.header}
          onChange={onChange}
          verbs={verbs}
        />
      ))}
    </Flex>
  );
}

/** MappingForm is the mapping without its YAML: each column beside its samples, then parties and events. */
export function MappingForm({ yaml, onChange, tables, hints, verbs = [] }: Props) {
  const t = useWords(mappingWords);
  const mapping = read(yaml);
  if (!mapping) return <Alert type="warning" showIcon title={t('unreadable')} />;
  return (
    <Tabs
      items={tables.map(({ name, table }, i) => ({
        key: String(i),
        label: (
          <span>
            {table.name || name} <Typography.Text type="secondary">{t('rows', { n: table.rows })}</Typography.Text>
          </span>
        ),
        children: (
          <TableForm
            mapping={mapping}
            at={tableFor(mapping, table.name, table.header)}
            name={name}
            inspected={table}
            hints={hints}
            yaml={yaml}
            onChange={onChange}
            verbs={verbs}
          />
        ),
      }))}
    />
  );
}
