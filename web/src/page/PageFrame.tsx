import { Breadcrumb, Flex, Typography } from 'antd';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useWords } from '../lang/LangProvider';
import { useTitle } from '../shell/title';
import { pageWords } from './words';

type Props = {
  title: string;
  /** Shown in place of the title where more than text is needed. */
  heading?: ReactNode;
  about?: ReactNode;
  path?: { to: string; title: string }[];
  actions?: ReactNode;
  children: ReactNode;
};

/** PageFrame is what every page has: its name, its way back, its actions. */
export function PageFrame({ title, heading, about, path, actions, children }: Props) {
  const t = useWords(pageWords);
  useTitle(title);
  return (
    <Flex vertical gap={16} style={{ maxWidth: 1760, margin: '0 auto' }}>
      <Flex justify="space-between" align="end" gap={16} wrap>
        <div style={{ minWidth: 0 }}>
          {path && (
            <nav aria-label={t('breadcrumb')}>
              <Breadcrumb
                style={{ marginBottom: 4 }}
                items={[...path.map((p) => ({ title: <Link to={p.to}>{p.title}</Link> })), { title }]}
              />
            </nav>
          )}
          <Typography.Title level={1} style={{ margin: 0, fontSize: 22, lineHeight: '32px', overflowWrap: 'anywhere' }}>
            {heading ?? title}
          </Typography.Title>
          {about && (
            <Typography.Text type="secondary" style={{ display: 'block', marginTop: 2 }}>
              {about}
            </Typography.Text>
          )}
        </div>
        {actions && (
          <Flex gap={8} wrap>
            {actions}
          </Flex>
        )}
      </Flex>
      {children}
    </Flex>
  );
}
