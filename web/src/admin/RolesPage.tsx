import { CheckOutlined, MinusOutlined } from '../page/icons';
import { useQuery } from '@tanstack/react-query';
import { Card, Table, type TableProps } from 'antd';
import { get } from '../api/client';
import type { Page, RoleInfo } from '../api/types';
import { usePick, useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { PageFrame } from '../page/PageFrame';
import { listOf } from '../page/paging';
import { rightWords } from './rights';
import { adminWords } from './words';

type Line = { right: string };

export function RolesPage() {
  const t = useWords(adminWords);
  const w = useWords(rightWords);
  const pick = usePick();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['roles'],
    queryFn: async ({ signal }) => listOf(await get<Page<RoleInfo> | RoleInfo[]>('roles', undefined, signal)),
    staleTime: Infinity,
  });
  const rights = [...new Set((data ?? []).flatMap((role) => role.rights))];
  const columns: TableProps<Line>['columns'] = [
    {
      title: t('right'),
      dataIndex: 'right',
      fixed: 'start',
      render: (right: string) => (right in rightWords ? w(right as keyof typeof rightWords) : right),
    },
    ...(data ?? []).map((role) => ({
      title: pick(role, 'title'),
      key: role.role,
      align: 'center' as const,
      width: 110,
      render: (_: unknown, line: Line) =>
        role.rights.includes(line.right) ? (
          <CheckOutlined aria-label={t('may')} style={{ color: 'var(--ant-color-success)' }} />
        ) : (
          <MinusOutlined aria-label={t('mayNot')} style={{ color: 'var(--ant-color-text-quaternary)' }} />
        ),
    })),
  ];
  return (
    <PageFrame title={t('roles')} about={t('rolesAbout')}>
      {error ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <Card styles={{ body: { padding: 16 } }}>
          <Table
            size="small"
            rowKey="right"
            loading={isPending}
            columns={columns}
            dataSource={rights.map((right) => ({ right }))}
            pagination={false}
            scroll={{ x: 'max-content' }}
          />
        </Card>
      )}
    </PageFrame>
  );
}
