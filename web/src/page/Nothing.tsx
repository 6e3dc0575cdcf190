import { Empty, Flex, Typography } from 'antd';
import type { ReactNode } from 'react';

/** Nothing is an empty state: what is missing, and what to do next. */
export function Nothing({ title, about, children }: { title: string; about?: string; children?: ReactNode }) {
  return (
    <Empty
      image={Empty.PRESENTED_IMAGE_SIMPLE}
      style={{ padding: '24px 16px' }}
      description={
        <Flex vertical gap={4}>
          <Typography.Text strong>{title}</Typography.Text>
          {about && <Typography.Text type="secondary">{about}</Typography.Text>}
        </Flex>
      }
    >
      {children && (
        <Flex gap={8} justify="center" wrap>
          {children}
        </Flex>
      )}
    </Empty>
  );
}
