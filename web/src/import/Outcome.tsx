import { Alert, Card, Descriptions, Flex, Table, type TableProps, Typography } from 'antd';
import { Link } from 'react-router';
import type { Drift, ImportResult, Sample } from '../api/types';
import { LinkTable } from '../batch/LinkTable';
import { RejectTable } from '../batch/Rejects';
import { BatchNumbers, BatchReport } from '../batch/Report';
import { Verb } from '../event/EventFacts';
import { useWords } from '../lang/LangProvider';
import { importWords } from './words';

export function DriftNote({ drift }: { drift: Drift }) {
  const t = useWords(importWords);
  const lines = [
    ['driftAdded', drift.columns_added],
    ['driftRemoved', drift.columns_removed],
    ['driftTypes', drift.types_changed],
  ] as const;
  return (
    <Alert
      type="warning"
      showIcon
      title={`${t('drift')}${drift.table ? ` · ${drift.table}` : ''}`}
      description={
        <Descriptions
          column={1}
          size="small"
          items={lines
            .filter(([, list]) => list.length > 0)
            .map(([word, list]) => ({ key: word, label: t(word), children: list.join(', ') }))}
        />
      }
    />
  );
}

/** fieldText writes the fields of a sample on one line. */
export function fieldText(fields: Record<string, unknown>): string {
  return Object.entries(fields)
    .filter(([, v]) => v !== null && v !== undefined && v !== '')
    .map(([k, v]) => `${k}: ${typeof v === 'object' ? JSON.stringify(v) : String(v)}`)
    .join('  ·  ');
}

function Samples({ samples }: { samples: Sample[] }) {
  const t = useWords(importWords);
  const columns: TableProps<Sample>['columns'] = [
    { title: t('row'), dataIndex: 'row', width: 80, align: 'end' },
    {
      title: t('sampleOf'),
      key: 'kind',
      width: 260,
      render: (_: unknown, s) => (
        <span>
          {t(s.kind)} <Verb verb={s.name} />
        </span>
      ),
    },
    {
      title: t('fields'),
      dataIndex: 'fields',
      render: (fields: Record<string, unknown>) => (
        <span style={{ overflowWrap: 'anywhere' }}>{fieldText(fields)}</span>
      ),
    },
  ];
  return (
    <Table
      size="small"
      rowKey={(s) => `${s.kind}${s.name}${s.row}${fieldText(s.fields)}`}
      columns={columns}
      dataSource={samples}
      pagination={{ pageSize: 10, hideOnSinglePage: true }}
      scroll={{ x: 700 }}
    />
  );
}

/** Outcome is what an import, tried or done, came to. */
export function Outcome({ result, done }: { result: ImportResult; done: boolean }) {
  const t = useWords(importWords);
  return (
    <Flex vertical gap={16}>
      {result.drift && <DriftNote drift={result.drift} />}
      {result.batches.map((batch, i) => (
        <Card
          key={batch.id || i}
          size="small"
          title={`${batch.name}${batch.member ? ` / ${batch.member}` : ''}`}
          extra={done && batch.id && <Link to={`/batches/${batch.id}`}>{t('openBatch')}</Link>}
        >
          <Flex vertical gap={16}>
            <BatchNumbers batch={batch} />
            <BatchReport batch={done ? batch : { ...batch, id: '' }} />
            {!done && (batch.rejects?.length ?? 0) > 0 && <RejectTable rejects={batch.rejects ?? []} />}
          </Flex>
        </Card>
      ))}
      {(result.samples?.length ?? 0) > 0 && (
        <Card size="small" title={t('samples')}>
          <Samples samples={result.samples ?? []} />
        </Card>
      )}
      {result.links.length > 0 && (
        <Card size="small" title={<Typography.Text strong>{t('links')}</Typography.Text>}>
          <LinkTable links={result.links} />
        </Card>
      )}
    </Flex>
  );
}
