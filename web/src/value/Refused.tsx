import { Card, Flex, Typography } from 'antd';
import { Link } from 'react-router';
import { useLang, useWords } from '../lang/LangProvider';
import type { Row } from './claim';
import { FaceName } from './Marks';
import { useSaid } from './text';
import { isNumber, show, unitOf } from './unit';
import { headline } from './verdict';
import { valueWords } from './words';

/** Refused lists what was asked and can't be answered, with the test that would. */
export function RefusedCard({ rows }: { rows: Row[] }) {
  const t = useWords(valueWords);
  const said = useSaid();
  const { lang } = useLang();
  if (rows.length === 0) return null;
  return (
    <Card title={t('refusedTitle')} styles={{ body: { paddingTop: 12 } }}>
      <Typography.Paragraph type="secondary">{t('refusedAbout')}</Typography.Paragraph>
      <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {rows.map((row) => {
          const refusal = row.result?.finding.refusal;
          const unit = unitOf(headline(row.result?.finding)?.unit ?? row.version.claim.outcome.unit);
          return (
            <li key={row.id} style={{ padding: '12px 0', borderTop: '1px solid var(--ant-color-border-secondary)' }}>
              <Flex gap={8} wrap align="baseline">
                <Link to={`/value/claims/${encodeURIComponent(row.id)}`}>
                  {said(row.version.claim.title) || row.id}
                </Link>
                <Typography.Text type="secondary" style={{ fontSize: 12.5 }}>
                  <FaceName face={row.version.claim.face} />
                </Typography.Text>
              </Flex>
              <div>{said(refusal?.reason)}</div>
              {isNumber(refusal?.mde) && (
                <Typography.Text type="secondary" style={{ display: 'block' }}>
                  {t('mde', { n: show(refusal.mde, unit.form === 'share' ? { ...unit, form: 'points' } : unit, lang) })}
                </Typography.Text>
              )}
              {said(refusal?.test) && (
                <Typography.Text type="secondary" style={{ display: 'block' }}>
                  {t('nextTest')}: {said(refusal?.test)}
                </Typography.Text>
              )}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
