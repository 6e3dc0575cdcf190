import { Card, Col, Descriptions, Flex, Row, Statistic, Table, type TableProps, Typography } from 'antd';
import { Link } from 'react-router';
import type { Batch, BatchTable, SetAside } from '../api/types';
import { useFormat, useWords } from '../lang/LangProvider';
import { Verb } from '../event/EventFacts';
import { Nothing } from '../page/Nothing';
import { batchWords } from './words';

export function BatchNumbers({ batch }: { batch: Batch }) {
  const t = useWords(batchWords);
  const format = useFormat();
  const tiles: [keyof typeof batchWords, number][] = [
    ['rows', batch.rows],
    ['used', batch.used],
    ['rejected', batch.rejected],
    ['cells', batch.cells_rejected],
    ['parties', batch.parties],
    ['events', batch.events],
  ];
  return (
    <Row gutter={[12, 12]}>
      {tiles.map(([word, n]) => (
        <Col key={word} xs={12} md={8} xl={4}>
          <Card size="small">
            <Statistic title={t(word as 'rows')} value={format.number(n)} />
          </Card>
        </Col>
      ))}
    </Row>
  );
}

export function CheckTable({ checks }: { checks: SetAside[] }) {
  const t = useWords(batchWords);
  const format = useFormat();
  const columns: TableProps<SetAside>['columns'] = [
    { title: t('line'), dataIndex: 'line', width: 90, align: 'end' },
    { title: t('subtotal'), dataIndex: 'label' },
    { title: t('column'), dataIndex: 'column' },
    { title: t('stated'), dataIndex: 'stated', align: 'end', render: (n: number) => format.number(n) },
    { title: t('summed'), dataIndex: 'summed', align: 'end', render: (n: number) => format.number(n) },
    {
      title: t('agrees'),
      dataIndex: 'agrees',
      filters: [
        { value: true, text: t('agrees') },
        { value: false, text: t('differs') },
      ],
      onFilter: (value, check) => check.agrees === value,
      render: (ok: boolean) => (
        <Typography.Text type={ok ? 'success' : 'danger'}>{ok ? t('agrees') : t('differs')}</Typography.Text>
      ),
    },
  ];
  return (
    <Table
      size="small"
      rowKey={(c) => `${c.line}:${c.label}:${c.column}`}
      columns={columns}
      dataSource={checks}
      scroll={{ x: 640 }}
      pagination={{ pageSize: 50, hideOnSinglePage: true }}
      locale={{ emptyText: <Nothing title={t('noChecks')} /> }}
    />
  );
}

export function BatchReport({ batch }: { batch: Batch }) {
  const t = useWords(batchWords);
  const format = useFormat();
  const tables: TableProps<BatchTable>['columns'] = [
    { title: t('table'), dataIndex: 'name' },
    { title: t('rows'), dataIndex: 'rows', align: 'end', width: 110, render: (n: number) => format.number(n) },
    {
      title: t('duplicates'),
      dataIndex: 'duplicates',
      align: 'end',
      width: 110,
      render: (n?: number) => format.number(n ?? 0),
    },
    { title: t('missing'), dataIndex: 'missing', render: (list?: string[]) => list?.join(', ') || '–' },
    {
      title: t('constant'),
      dataIndex: 'constant',
      render: (list?: { column: string; value: string }[]) =>
        list?.map((c) => `${c.column} = ${c.value}`).join(', ') || '–',
    },
    {
      title: t('openFirst'),
      key: 'open',
      width: 110,
      render: (_: unknown, table) =>
        batch.id &&
        table.rows > 0 && <Link to={`/batches/${batch.id}/rows/${table.first_row || 1}`}>{t('openRows')}</Link>,
    },
  ];
  const about = [
    {
      key: 'range',
      label: t('range'),
      children: batch.since ? `${format.date(batch.since)} – ${format.date(batch.until)}` : undefined,
    },
    { key: 'bytes', label: t('bytes'), children: format.bytes(batch.bytes) },
    {
      key: 'format',
      label: t('format'),
      children: [batch.format?.kind, batch.format?.encoding, batch.format?.bom ? 'BOM' : '']
        .filter(Boolean)
        .join(' · '),
    },
    { key: 'aside', label: t('aside'), children: batch.set_aside ? format.number(batch.set_aside) : undefined },
    { key: 'seconds', label: t('seconds'), children: batch.seconds ? format.seconds(batch.seconds) : undefined },
    { key: 'actor', label: t('actor'), children: batch.actor },
    { key: 'mapping', label: t('mapping'), children: batch.mapping_version },
    {
      key: 'sha',
      label: t('sha'),
      children: batch.sha && (
        <span className="code" style={{ overflowWrap: 'anywhere' }}>
          {batch.sha}
        </span>
      ),
    },
  ].filter((item) => item.children);
  return (
    <Flex vertical gap={20}>
      <Typography.Text>{t('usedOf', { n: batch.rows, used: batch.used, rejected: batch.rejected })}</Typography.Text>
      <Row gutter={[24, 20]}>
        <Col xs={24} lg={10}>
          <Table
            size="small"
            rowKey="verb"
            title={() => <Typography.Text strong>{t('byVerb')}</Typography.Text>}
            dataSource={batch.by_verb ?? []}
            pagination={false}
            columns={[
              { title: t('verb'), dataIndex: 'verb', render: (verb: string) => <Verb verb={verb} /> },
              {
                title: t('n'),
                dataIndex: 'n',
                align: 'end',
                render: (n: number, v) =>
                  batch.id ? (
                    <Link
                      to={`/explore?where=${encodeURIComponent(`batch:eq:${batch.id}`)}&where=${encodeURIComponent(`verb:eq:${v.verb}`)}`}
                    >
                      {format.number(n)}
                    </Link>
                  ) : (
                    format.number(n)
                  ),
              },
            ]}
          />
        </Col>
        <Col xs={24} lg={14}>
          <Descriptions column={1} size="small" bordered items={about} styles={{ label: { width: 150 } }} />
        </Col>
      </Row>
      {(batch.tables?.length ?? 0) > 0 && (
        <Table
          size="small"
          rowKey="name"
          title={() => <Typography.Text strong>{t('tables')}</Typography.Text>}
          columns={tables}
          dataSource={batch.tables ?? []}
          pagination={false}
          scroll={{ x: 800 }}
        />
      )}
    </Flex>
  );
}
