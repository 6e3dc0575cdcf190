import {
  Alert,
  Button,
  Card,
  Col,
  Collapse,
  Flex,
  Form,
  Input,
  InputNumber,
  Progress,
  Row,
  Select,
  Table,
  type TableProps,
  Tabs,
  Tag,
  Typography,
} from 'antd';
import type { Evidence, Hints, InspectFile, InspectTable } from '../api/types';
import { RejectTable } from '../batch/Rejects';
import { CheckTable } from '../batch/Report';
import { useFormat, useLang, usePick, useWords } from '../lang/LangProvider';
import { importWords } from './words';

const bom = 'BOM';
const encodings = [
  'utf-8',
  'gb18030',
  'gbk',
  'big5',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'iso-8859-1',
  'shift_jis',
];

function EvidenceTable({ evidence }: { evidence: Evidence[] }) {
  const t = useWords(importWords);
  const pick = usePick();
  const format = useFormat();
  const columns: TableProps<Evidence>['columns'] = [
    {
      title: t('what'),
      dataIndex: 'what',
      width: 130,
      render: (what: string) =>
        what === 'encoding' || what === 'delimiter' || what === 'sheet' || what === 'pivot' ? t(what) : what,
    },
    { title: t('got'), dataIndex: 'got', width: 180, render: (got: string) => <span className="code">{got}</span> },
    { title: t('why'), key: 'why', render: (_: unknown, e) => pick(e, 'why') },
    {
      title: t('sure'),
      dataIndex: 'sure',
      width: 150,
      render: (sure: number) => (
        <Progress
          percent={Math.round(sure * 100)}
          size="small"
          status="normal"
          format={() => format.share(sure)}
          aria-label={t('sure')}
        />
      ),
    },
  ];
  return (
    <Table
      size="small"
      rowKey={(e) => `${e.what}${e.got}${e.why}`}
      columns={columns}
      dataSource={evidence}
      pagination={false}
      scroll={{ x: 640 }}
    />
  );
}

/** Sample shows the first rows of a table, as text. */
export function Sample({ table }: { table: InspectTable }) {
  const t = useWords(importWords);
  const rows = table.sample.map((cells, i) => ({ i, cells }));
  const columns: TableProps<(typeof rows)[number]>['columns'] = table.header.map((title, c) => ({
    title,
    key: c,
    width: 150,
    ellipsis: true,
    render: (_: unknown, row: (typeof rows)[number]) => row.cells[c] ?? '',
  }));
  return (
    <Table
      size="small"
      bordered
      rowKey="i"
      title={() => <Typography.Text type="secondary">{t('firstRows', { n: rows.length })}</Typography.Text>}
      columns={columns}
      dataSource={rows}
      pagination={false}
      scroll={{ x: table.header.length * 150, y: 300 }}
    />
  );
}

type Fields = {
  encoding?: string;
  delimiter?: string;
  header?: number | null;
  sheet?: string;
  records?: string;
  pivot?: 'auto' | 'off';
};

/** hintsOf makes hints of what was filled in, and of nothing else. */
export function hintsOf(fields: Fields): Hints {
  const hints: Hints = {};
  if (fields.encoding) hints.encoding = fields.encoding;
  if (fields.delimiter) hints.delimiter = fields.delimiter;
  if (fields.header !== undefined && fields.header !== null) hints.header = fields.header;
  if (fields.sheet) hints.sheet = fields.sheet;
  if (fields.records) hints.records = fields.records;
  if (fields.pivot === 'off') hints.pivot = { off: true };
  return hints;
}

function Override({ file, busy, onApply }: { file: InspectFile; busy: boolean; onApply: (hints: Hints) => void }) {
  const t = useWords(importWords);
  const kind = file.format.kind;
  const text = kind === 'csv' || kind === 'json' || kind === 'ndjson';
  const book = kind === 'xlsx' || kind === 'xls';
  const sheets = file.tables.map((table) => ({ value: table.name, label: table.name }));
  return (
    <Form<Fields> layout="vertical" size="small" onFinish={(fields) => onApply(hintsOf(fields))}>
      <Row gutter={16}>
        {text && (
          <Col xs={24} md={8} xl={5}>
            <Form.Item name="encoding" label={t('encoding')}>
              <Select
                allowClear
                placeholder={file.format.encoding || t('auto')}
                options={encodings.map((value) => ({ value }))}
              />
            </Form.Item>
          </Col>
        )}
        {kind === 'csv' && (
          <Col xs={24} md={8} xl={5}>
            <Form.Item name="delimiter" label={t('delimiter')}>
              <Select
                allowClear
                placeholder={t('auto')}
                options={[
                  { value: ',', label: t('comma') },
                  { value: ';', label: t('semicolon') },
                  { value: 'tab', label: t('tab') },
                  { value: '|', label: t('pipe') },
                ]}
              />
            </Form.Item>
          </Col>
        )}
        {(kind === 'csv' || book) && (
          <Col xs={24} md={8} xl={5}>
            <Form.Item name="header" label={t('header')}>
              <InputNumber min={0} max={1000} precision={0} placeholder={t('auto')} style={{ width: '100%' }} />
            </Form.Item>
          </Col>
        )}
        {book && (
          <>
            <Col xs={24} md={8} xl={5}>
              <Form.Item name="sheet" label={t('sheet')}>
                <Select allowClear placeholder={t('auto')} options={sheets} />
              </Form.Item>
            </Col>
            <Col xs={24} md={8} xl={4}>
              <Form.Item name="pivot" label={t('pivot')}>
                <Select
                  allowClear
                  placeholder={t('auto')}
                  options={[
                    { value: 'auto', label: t('auto') },
                    { value: 'off', label: t('off') },
                  ]}
                />
              </Form.Item>
            </Col>
          </>
        )}
        {kind === 'json' && (
          <Col xs={24} md={8} xl={5}>
            <Form.Item name="records" label={t('records')}>
              <Input placeholder={t('auto')} />
            </Form.Item>
          </Col>
        )}
        <Col xs={24} md={8} xl={4}>
          <Form.Item label=" " colon={false}>
            <Button htmlType="submit" loading={busy}>
              {t('reread')}
            </Button>
          </Form.Item>
        </Col>
      </Row>
    </Form>
  );
}

function TableView({ table }: { table: InspectTable }) {
  const t = useWords(importWords);
  const more = [
    ...(table.evidence.length > 0
      ? [{ key: 'e', label: t('evidence'), children: <EvidenceTable evidence={table.evidence} /> }]
      : []),
    ...(table.rejects.length > 0
      ? [
          {
            key: 'r',
            label: t('rejectsSeen', { n: table.rejects.length }),
            children: <RejectTable rejects={table.rejects} />,
          },
        ]
      : []),
    ...(table.set_aside.length > 0
      ? [
          {
            key: 's',
            label: t('asideSeen', { n: table.set_aside.length }),
            children: <CheckTable checks={table.set_aside} />,
          },
        ]
      : []),
  ];
  return (
    <Flex vertical gap={12}>
      <Sample table={table} />
      {more.length > 0 && <Collapse size="small" items={more} />}
    </Flex>
  );
}

export function FormatStep({
  files,
  busy,
  onHints,
}: {
  files: InspectFile[];
  busy: string;
  onHints: (file: InspectFile, hints: Hints) => void;
}) {
  const t = useWords(importWords);
  const { lang } = useLang();
  return (
    <Flex vertical gap={16}>
      {files.map((file) => (
        <Card
          key={`${file.upload}${file.name}${file.member}`}
          size="small"
          title={
            <Flex gap={8} align="center" wrap>
              <span>
                {file.name}
                {file.member && ` / ${file.member}`}
              </span>
              {file.format.kind && <Tag>{file.format.kind.toUpperCase()}</Tag>}
              {file.format.encoding && <Tag>{file.format.encoding}</Tag>}
              {file.format.bom && <Tag>{bom}</Tag>}
            </Flex>
          }
        >
          {file.error ? (
            <Alert
              type="error"
              showIcon
              title={t('cannot')}
              description={lang === 'zh' ? file.error.zh || file.error.en : file.error.en}
            />
          ) : (
            <Tabs
              size="small"
              items={file.tables.map((table, i) => ({
                key: String(i),
                label: (
                  <>
                    {table.name || file.name}{' '}
                    <Typography.Text type="secondary">{t('rowsOf', { n: table.rows })}</Typography.Text>
                    {table.wide && <Tag style={{ marginInlineStart: 6 }}>{t('wide')}</Tag>}
                  </>
                ),
                children: <TableView table={table} />,
              }))}
            />
          )}
          <Collapse
            size="small"
            ghost
            defaultActiveKey={file.error ? ['override'] : []}
            items={[
              ...(file.format.evidence.length > 0
                ? [
                    {
                      key: 'evidence',
                      label: t('evidence'),
                      children: <EvidenceTable evidence={file.format.evidence} />,
                    },
                  ]
                : []),
              {
                key: 'override',
                label: t('override'),
                children: (
                  <Override file={file} busy={busy === file.upload} onApply={(hints) => onHints(file, hints)} />
                ),
              },
            ]}
          />
        </Card>
      ))}
    </Flex>
  );
}
