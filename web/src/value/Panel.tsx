import { DownloadOutlined } from '../page/icons';
import { Button, Dropdown, Flex, Segmented, Table, Typography } from 'antd';
import { type ReactNode, useRef, useState } from 'react';
import type { Click, Option } from '../chart/Chart';
import { LazyChart } from '../chart/LazyChart';
import { useWords } from '../lang/LangProvider';
import { blobOf, csv, save } from '../page/csv';
import { pageWords } from '../page/words';
import { valueWords } from './words';

type Props = {
  /** Names the files that are saved. */
  name: string;
  title: string;
  about?: ReactNode;
  label: string;
  option: Option;
  header: string[];
  rows: (string | number | null)[][];
  height?: number;
  onClick?: (click: Click) => void;
};

/** Panel is a picture with its table and both as files. */
export function Panel({ name, title, about, label, option, header, rows, height = 280, onClick }: Props) {
  const t = useWords(valueWords);
  const p = useWords(pageWords);
  const [view, setView] = useState<'chart' | 'table'>('chart');
  const picture = useRef<(() => string) | undefined>(undefined);
  return (
    <section aria-label={title}>
      <Flex justify="space-between" align="start" gap={12} wrap style={{ marginBottom: 8 }}>
        <div style={{ flex: '1 1 320px', minWidth: 0 }}>
          <Typography.Text strong>{title}</Typography.Text>
          {about && (
            <Typography.Text type="secondary" style={{ display: 'block', fontSize: 13 }}>
              {about}
            </Typography.Text>
          )}
        </div>
        <Flex gap={8}>
          <Segmented<'chart' | 'table'>
            size="small"
            aria-label={title}
            value={view}
            onChange={setView}
            options={[
              { value: 'chart', label: t('chart') },
              { value: 'table', label: t('table') },
            ]}
          />
          <Dropdown
            menu={{
              onClick: ({ key }) => {
                if (key === 'csv') save(`${name}.csv`, csv(header, rows));
                else if (picture.current) save(`${name}.png`, blobOf(picture.current()));
              },
              items: [
                { key: 'png', label: t('png'), disabled: view === 'table' },
                { key: 'csv', label: p('exportCsv') },
              ],
            }}
          >
            <Button size="small" icon={<DownloadOutlined />} aria-label={`${t('exports')}: ${title}`} />
          </Dropdown>
        </Flex>
      </Flex>
      {view === 'chart' ? (
        <LazyChart
          option={option}
          height={height}
          label={label}
          onReady={(take) => {
            picture.current = take;
          }}
          {...(onClick ? { onClick } : {})}
        />
      ) : (
        <Table
          size="small"
          rowKey={(_, i) => String(i)}
          scroll={{ x: 'max-content' }}
          pagination={{ pageSize: 12, hideOnSinglePage: true, showSizeChanger: false }}
          dataSource={rows.map((cells, i) => ({ i, cells }))}
          columns={header.map((h, i) => ({
            title: h,
            key: i,
            align: i === 0 ? ('start' as const) : ('end' as const),
            render: (_: unknown, r: { cells: (string | number | null)[] }) => r.cells[i] ?? '–',
          }))}
        />
      )}
    </section>
  );
}
