import { Alert, Descriptions, Flex, Skeleton, Table, type TableProps, Tabs, Typography } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { get } from '../api/client';
import type { RowDetail } from '../api/types';
import { Verb } from '../event/EventFacts';
import { useFormat, usePick, useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { rowWords } from './words';

export function useRow(batch: string, row: number) {
  return useQuery({
    queryKey: ['row', batch, row],
    queryFn: ({ signal }) => get<RowDetail>(`batches/${batch}/rows/${row}`, undefined, signal),
    staleTime: Infinity,
  });
}

type Line = { row: number; fields: string[]; here: boolean };

/** lines puts the row among its neighbours, once, in the file's order. */
export function lines(detail: Pick<RowDetail, 'row' | 'fields' | 'neighbours'>): Line[] {
  const rest = (detail.neighbours ?? []).filter((n) => n.row !== detail.row).map((n) => ({ ...n, here: false }));
  return [...rest, { row: detail.row, fields: detail.fields ?? [], here: true }].sort((a, b) => a.row - b.row);
}

/** Cells are data: they are shown as text, whatever they hold. */
function Cell({ text, full = false }: { text: string | null | undefined; full?: boolean }) {
  const t = useWords(rowWords);
  if (text === null || text === undefined || text === '')
    return <Typography.Text type="secondary">{t('empty')}</Typography.Text>;
  return full ? <span style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{text}</span> : <>{text}</>;
}

function Mapping({ detail }: { detail: RowDetail }) {
  const t = useWords(rowWords);
  const mapping = detail.mapping;
  if (!mapping?.yaml) return <Typography.Text type="secondary">{t('noMapping')}</Typography.Text>;
  const [from = 0, to = 0] = mapping.lines ?? [];
  return (
    <>
      <Typography.Paragraph type="secondary">{t('mappingOf', { n: mapping.version })}</Typography.Paragraph>
      <pre
        className="code"
        tabIndex={0}
        aria-label={t('mapping')}
        style={{
          margin: 0,
          maxHeight: 420,
          overflow: 'auto',
          border: '1px solid var(--ant-color-border-secondary)',
          borderRadius: 6,
          padding: '8px 0',
        }}
      >
        {mapping.yaml.split('\n').map((line, i) => {
          const marked = i + 1 >= from && i + 1 <= to;
          return (
            <div
              key={i}
              style={{
                padding: '0 14px',
                background: marked ? 'color-mix(in srgb, var(--ant-color-warning) 18%, transparent)' : undefined,
                boxShadow: marked ? 'inset 3px 0 0 var(--ant-color-warning)' : undefined,
              }}
            >
              <span
                aria-hidden
                style={{
                  display: 'inline-block',
                  width: 36,
                  color: 'var(--ant-color-text-tertiary)',
                  userSelect: 'none',
                }}
              >
                {i + 1}
              </span>
              {marked ? <mark style={{ background: 'none', color: 'inherit' }}>{line || ' '}</mark> : line || ' '}
            </div>
          );
        })}
      </pre>
    </>
  );
}

/** RowView shows an original row where it stands in its file. */
export function RowView({ batch, row }: { batch: string; row: number }) {
  const t = useWords(rowWords);
  const pick = usePick();
  const format = useFormat();
  const { data, error, isPending, refetch } = useRow(batch, row);
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (isPending) return <Skeleton active />;
  const all = lines(data);
  const header = data.header ?? [];
  const width = Math.max(header.length, ...all.map((line) => line.fields?.length ?? 0));
  const columns: TableProps<Line>['columns'] = [
    {
      title: t('n'),
      dataIndex: 'row',
      width: 84,
      fixed: 'start',
      align: 'end',
      render: (n: number) => format.number(n),
    },
    ...Array.from({ length: width }, (_, i) => ({
      title: header[i] ?? String(i + 1),
      key: i,
      width: 160,
      ellipsis: true,
      render: (_v: unknown, line: Line) => <Cell text={line.fields[i]} />,
    })),
  ];
  return (
    <Flex vertical gap={14}>
      <Typography.Text type="secondary">
        {t('where', { file: data.file, table: data.table, line: data.line })}
      </Typography.Text>
      {data.reject && (
        <Alert
          type="warning"
          showIcon
          title={t('rejected')}
          description={`${data.reject.column ? `${data.reject.column}: ` : ''}${pick(data.reject, 'reason')}`}
        />
      )}
      <Tabs
        items={[
          {
            key: 'file',
            label: t('inFile'),
            children: (
              <Table
                size="small"
                bordered
                rowKey="row"
                columns={columns}
                dataSource={all}
                pagination={false}
                scroll={{ x: 84 + width * 160 }}
                rowClassName={(line) => (line.here ? 'row-here' : '')}
                onRow={(line) => (line.here ? { 'aria-current': 'true' as const } : {})}
              />
            ),
          },
          {
            key: 'fields',
            label: t('fields'),
            children: (
              <Descriptions
                column={1}
                size="small"
                bordered
                styles={{ label: { width: 220 } }}
                items={Array.from({ length: width }, (_, i) => ({
                  key: i,
                  label: header[i] ?? String(i + 1),
                  children: <Cell text={data.fields[i]} full />,
                }))}
              />
            ),
          },
          {
            key: 'raw',
            label: t('raw'),
            children: (
              <pre
                className="code"
                tabIndex={0}
                aria-label={t('raw')}
                style={{
                  margin: 0,
                  whiteSpace: 'pre-wrap',
                  overflowWrap: 'anywhere',
                  maxHeight: 420,
                  overflow: 'auto',
                }}
              >
                {data.raw}
              </pre>
            ),
          },
          { key: 'mapping', label: t('mapping'), children: <Mapping detail={data} /> },
          {
            key: 'made',
            label: t('made'),
            children: (
              <Flex vertical gap={12}>
                {(data.events ?? []).map((event) => (
                  <Flex key={event.id} gap={12} align="center">
                    <Verb verb={event.verb} />
                    <Link to={`/events/${event.id}`}>{format.exact(event.ts)}</Link>
                  </Flex>
                ))}
                {(data.parties ?? []).map((party) => (
                  <Flex key={party.id} gap={12} align="center">
                    <Verb verb={party.kind ?? ''} />
                    <Link to={`/parties/${party.id}`}>{party.name || party.id.slice(0, 8)}</Link>
                  </Flex>
                ))}
                {!data.events?.length && !data.parties?.length && (
                  <Typography.Text type="secondary">{t('nothing')}</Typography.Text>
                )}
              </Flex>
            ),
          },
        ]}
      />
    </Flex>
  );
}
