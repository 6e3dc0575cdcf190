import { Progress, Table, type TableProps } from 'antd';
import type { Link } from '../api/types';
import { useFormat, useWords } from '../lang/LangProvider';
import { Nothing } from '../page/Nothing';
import { batchWords } from './words';

/** LinkTable: which share of the keys of one place is found in another; reported as it is. */
export function LinkTable({ links }: { links: Link[] }) {
  const t = useWords(batchWords);
  const format = useFormat();
  const columns: TableProps<Link>['columns'] = [
    { title: t('from'), dataIndex: 'from', ellipsis: true },
    { title: t('to'), dataIndex: 'to', ellipsis: true },
    { title: t('by'), dataIndex: 'by', ellipsis: true, render: (by: string) => <span className="code">{by}</span> },
    {
      title: t('matched'),
      key: 'm',
      align: 'end',
      width: 180,
      render: (_: unknown, link) => `${format.number(link.matched)} / ${format.number(link.total)}`,
    },
    {
      title: t('share'),
      dataIndex: 'share',
      width: 240,
      sorter: (a, b) => a.share - b.share,
      render: (share: number) => (
        <Progress
          percent={Math.round(share * 1000) / 10}
          size="small"
          status="normal"
          format={() => format.share(share)}
          aria-label={format.share(share)}
        />
      ),
    },
  ];
  return (
    <Table
      size="small"
      rowKey={(link) => `${link.from}>${link.to}>${link.by}`}
      columns={columns}
      dataSource={links}
      pagination={false}
      scroll={{ x: 600 }}
      locale={{ emptyText: <Nothing title={t('noLinks')} about={t('noLinksHelp')} /> }}
    />
  );
}
