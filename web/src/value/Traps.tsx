import { CheckCircleOutlined, CloseCircleFilled, ExclamationCircleFilled, InfoCircleFilled } from '../page/icons';
import { Card, Flex, Tag, Typography } from 'antd';
import { useWords } from '../lang/LangProvider';
import { claimWords } from './claim.words';
import type { Diagnostic } from './claim';
import { useSaid } from './text';

const signs: Record<string, React.ReactNode> = {
  serious: <CloseCircleFilled style={{ color: 'var(--ant-color-error)' }} />,
  warning: <ExclamationCircleFilled style={{ color: 'var(--ant-color-warning)' }} />,
  info: <InfoCircleFilled style={{ color: 'var(--ant-color-info)' }} />,
};

/** Traps are the sentences that a reader of the figure should know. */
export function Traps({ diagnostics }: { diagnostics: Diagnostic[] }) {
  const t = useWords(claimWords);
  const said = useSaid();
  return (
    <Card title={t('traps')} styles={{ body: { paddingBlock: 12 } }}>
      {diagnostics.length === 0 ? (
        <Flex gap={8} align="center">
          <CheckCircleOutlined style={{ color: 'var(--ant-color-success)' }} />
          {t('trapsNone')}
        </Flex>
      ) : (
        <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
          {diagnostics.map((d, i) => (
            <li key={`${d.code}${i}`} style={{ padding: '6px 0' }}>
              <Flex gap={10} align="baseline">
                {signs[d.severity] ?? signs.info}
                <span style={{ flex: 1, minWidth: 0 }}>
                  <span className="unseen">{t(`sev_${d.severity}` as 'sev_info')}: </span>
                  {said(d.text)}{' '}
                  {d.trap && (
                    <Tag color="orange" style={{ marginInlineEnd: 0 }}>
                      {t('lowered')}
                    </Tag>
                  )}
                  <Typography.Text type="secondary" className="code" style={{ marginInlineStart: 8 }}>
                    {d.code}
                  </Typography.Text>
                </span>
              </Flex>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
