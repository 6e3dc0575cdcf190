import { CheckOutlined, InfoCircleOutlined, MinusOutlined } from '../page/icons';
import { Flex, Table, type TableProps, Tooltip, Typography } from 'antd';
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';
import { useFormat, useLang, useWords } from '../lang/LangProvider';
import type { FaceSum, Overlap, Row } from './claim';
import { Interval } from './Interval';
import { arrange, type Line, type Order } from './ledger';
import { FaceName, GradeTag, StateBadge } from './Marks';
import { useSaid } from './text';
import { currency, dash, digits, figureText, isNumber, show } from './unit';
import { gradeOf, headline, judged } from './verdict';
import { valueWords } from './words';

type Props = { rows: Row[]; sums: FaceSum[]; overlap: Overlap[]; code: string; empty: ReactNode };

function Holds({ row }: { row: Row }) {
  const t = useWords(valueWords);
  if (!isNumber(row.q))
    return (
      <Tooltip title={t('holdsNone')}>
        <span aria-label={t('holdsNone')} role="img" tabIndex={0}>
          {dash}
        </span>
      </Tooltip>
    );
  const text = t(row.holds ? 'holdsYes' : 'holdsNo', { q: digits(row.q) });
  return (
    <Tooltip title={text}>
      <span aria-label={text} role="img" tabIndex={0}>
        {row.holds ? (
          <CheckOutlined style={{ color: 'var(--ant-color-success)' }} />
        ) : (
          <MinusOutlined style={{ color: 'var(--ant-color-text-tertiary)' }} />
        )}
      </span>
    </Tooltip>
  );
}

function Title({ row, overlap, titles }: { row: Row; overlap: Overlap[]; titles: Map<string, string> }) {
  const t = useWords(valueWords);
  const said = useSaid();
  const format = useFormat();
  const claim = row.version.claim;
  const own = overlap.filter((o) => o.a === row.id || o.b === row.id);
  const notes = [
    ...own.map((o) => {
      const other = o.a === row.id ? o.b : o.a;
      return t('overlapLine', { other: titles.get(other) ?? other, n: o.shared, share: format.share(o.share) });
    }),
    ...(!row.counted && said(row.why) ? [t('notCounted', { why: said(row.why) })] : []),
  ];
  return (
    <Flex gap={6} align="baseline">
      <div style={{ minWidth: 0 }}>
        <Link to={`/value/claims/${encodeURIComponent(row.id)}`}>{said(claim.title) || row.id}</Link>
        <Typography.Text type="secondary" style={{ display: 'block', fontSize: 12.5 }}>
          {said(claim.question)}
        </Typography.Text>
      </div>
      {notes.length > 0 && (
        <Tooltip title={<div style={{ whiteSpace: 'pre-line' }}>{notes.join('\n')}</div>}>
          <span role="img" tabIndex={0} aria-label={notes.join(' ')}>
            <InfoCircleOutlined style={{ color: 'var(--ant-color-text-tertiary)' }} />
          </span>
        </Tooltip>
      )}
    </Flex>
  );
}

/** LedgerTable lists the claims under their faces; sorting by a column lets go of the faces. */
export function LedgerTable({ rows, sums, overlap, code, empty }: Props) {
  const t = useWords(valueWords);
  const said = useSaid();
  const { lang } = useLang();
  const [order, setOrder] = useState<Order>();
  const lines = arrange(rows, sums, order);
  const titles = new Map(rows.map((row) => [row.id, said(row.version.claim.title)]));
  const money = currency(code);
  const whole = (line: Line) => (line.row ? {} : { colSpan: 0 });
  const sorted = (by: string) => ({
    sorter: true,
    sortOrder: order?.by === by ? (order.down ? ('descend' as const) : ('ascend' as const)) : null,
  });
  const columns: TableProps<Line>['columns'] = [
    {
      title: t('claim'),
      key: 'claim',
      ...sorted('claim'),
      onCell: (line) => (line.row ? {} : { colSpan: 8 }),
      render: (_: unknown, { row, face, sum }) =>
        row ? (
          <Title row={row} overlap={overlap} titles={titles} />
        ) : (
          <Flex gap="2px 12px" wrap align="baseline">
            <Typography.Text strong>
              <FaceName face={face} />
            </Typography.Text>
            {sum && (
              <Typography.Text type="secondary" style={{ fontSize: 12.5 }}>
                {t('faceSum', { n: sum.claims, run: sum.run, refused: sum.refused })}
                {isNumber(sum.net) && ` · ${t('net')} ${show(sum.net, money, lang)}`}
              </Typography.Text>
            )}
          </Flex>
        ),
    },
    {
      title: t('grade'),
      key: 'grade',
      width: 68,
      align: 'center',
      ...sorted('grade'),
      onCell: whole,
      render: (_: unknown, { row }) => row && <GradeTag grade={gradeOf(row)} />,
    },
    {
      title: t('figure'),
      key: 'figure',
      width: 140,
      align: 'end',
      ...sorted('figure'),
      onCell: whole,
      render: (_: unknown, { row }) =>
        row && (judged(row) === 'refused' ? dash : figureText(headline(row.result?.finding), lang)),
    },
    {
      title: <Tooltip title={t('zeroLine')}>{t('intervalCol')}</Tooltip>,
      key: 'interval',
      width: 148,
      onCell: whole,
      render: (_: unknown, { row }) =>
        row && judged(row) !== 'refused' && <Interval figure={headline(row.result?.finding)} verdict={judged(row)} />,
    },
    {
      title: t('net'),
      key: 'net',
      width: 112,
      align: 'end',
      ...sorted('net'),
      onCell: whole,
      render: (_: unknown, { row }) => {
        const worth = row?.result?.finding.worth;
        if (!worth) return dash;
        return (
          <span style={row?.counted ? {} : { color: 'var(--ant-color-text-tertiary)' }}>
            {show(worth.net.value, currency(worth.currency), lang)}
          </span>
        );
      },
    },
    {
      title: t('cost'),
      key: 'cost',
      width: 96,
      align: 'end',
      ...sorted('cost'),
      onCell: whole,
      render: (_: unknown, { row }) => {
        const worth = row?.result?.finding.worth;
        return worth ? show(worth.cost, currency(worth.currency), lang) : dash;
      },
    },
    {
      title: t('holds'),
      key: 'q',
      width: 84,
      align: 'center',
      ...sorted('q'),
      onCell: whole,
      render: (_: unknown, { row }) => row && <Holds row={row} />,
    },
    {
      title: t('state'),
      key: 'state',
      width: 112,
      ...sorted('state'),
      onCell: whole,
      render: (_: unknown, { row }) => row && <StateBadge state={row.state} />,
    },
  ];
  return (
    <Table<Line>
      size="small"
      aria-label={t('ledgerTable')}
      rowKey="key"
      columns={columns}
      dataSource={lines}
      pagination={false}
      scroll={{ x: 1000 }}
      rowClassName={(line) => (line.row ? '' : 'ledger-face')}
      onChange={(_page, _filters, sorter) => {
        const one = Array.isArray(sorter) ? sorter[0] : sorter;
        setOrder(one?.order ? { by: String(one.columnKey), down: one.order === 'descend' } : undefined);
      }}
      locale={{ emptyText: empty }}
    />
  );
}
