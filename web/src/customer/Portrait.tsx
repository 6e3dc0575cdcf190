import { useQuery } from '@tanstack/react-query';
import { Alert, Card, Col, Flex, Popover, Row, Skeleton, Typography } from 'antd';
import { get } from '../api/client';
import type { PortraitTrait, PortraitView } from '../api/types';
import { useTerm } from '../event/verb';
import { useFormat, useLang, useWords } from '../lang/LangProvider';
import { Failure } from '../page/Failure';
import { hasValue, line } from './customer';
import { TraitValue } from './TraitValue';
import { customerWords } from './words';

const width = 120;
const height = 28;

function Definition({ trait }: { trait: PortraitTrait }) {
  const t = useWords(customerWords);
  const { lang } = useLang();
  const format = useFormat();
  const term = useTerm();
  return (
    <Flex vertical gap={8} style={{ maxWidth: 380, maxHeight: 380, overflow: 'auto' }}>
      <Typography.Text>{lang === 'zh' ? trait.about_zh : trait.about}</Typography.Text>
      {trait.formula && <Typography.Text className="code">{trait.formula}</Typography.Text>}
      {trait.verbs.length > 0 && (
        <Typography.Text type="secondary" style={{ fontSize: 12 }}>
          {t('reads')}: {trait.verbs.map((verb) => term('verb', verb)).join(lang === 'zh' ? '、' : ', ')}
        </Typography.Text>
      )}
      {trait.history.length > 0 && (
        <>
          <Typography.Text strong>{t('history')}</Typography.Text>
          <table style={{ fontSize: 12 }}>
            <tbody>
              {trait.history.toReversed().map((h) => (
                <tr key={h.day}>
                  <td style={{ paddingInlineEnd: 16 }}>{format.date(h.day)}</td>
                  <td>
                    <TraitValue trait={trait} number={h.number} text={h.text} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </Flex>
  );
}

/** Portrait: what the customer is like, how that is defined, and how it changed. */
export function Portrait({ entity }: { entity: string }) {
  const t = useWords(customerWords);
  const format = useFormat();
  const { lang } = useLang();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['portrait', entity],
    queryFn: ({ signal }) => get<PortraitView>(`customers/${entity}/portrait`, { months: 12 }, signal),
  });
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (isPending) return <Skeleton active />;
  const title = (trait: PortraitTrait) => (lang === 'zh' ? trait.title_zh : trait.title);
  const without = data.traits.filter((trait) => !hasValue(trait));
  return (
    <Flex vertical gap={12}>
      <Typography.Text type="secondary">{t('asOf', { day: format.date(data.as_of) })}</Typography.Text>
      {!data.fresh && <Alert type="info" showIcon title={t('stale')} />}
      <Row gutter={[12, 12]}>
        {data.traits.filter(hasValue).map((trait) => {
          const points = line(trait.history, width, height);
          return (
            <Col key={trait.name} xs={24} sm={12} lg={8} xxl={6}>
              <Popover
                trigger="click"
                title={`${title(trait)} · ${t('definition')}`}
                content={<Definition trait={trait} />}
              >
                <Card
                  size="small"
                  hoverable
                  tabIndex={0}
                  role="button"
                  aria-label={`${title(trait)} · ${t('definition')}`}
                  onKeyDown={(e) => {
                    if (e.key === 'Enter' || e.key === ' ') e.currentTarget.click();
                  }}
                >
                  <Flex justify="space-between" align="end" gap={8}>
                    <div style={{ minWidth: 0 }}>
                      <Typography.Text type="secondary" style={{ fontSize: 12, display: 'block' }}>
                        {title(trait)}
                        {trait.own && ` · ${t('own')}`}
                      </Typography.Text>
                      <div style={{ fontSize: 16, marginTop: 2 }}>
                        <TraitValue trait={trait} number={trait.number} text={trait.text} />
                      </div>
                    </div>
                    {points && (
                      <svg width={width} height={height + 4} viewBox={`0 -2 ${width} ${height + 4}`} aria-hidden>
                        <polyline points={points} fill="none" stroke="var(--ant-color-primary)" strokeWidth={1.5} />
                      </svg>
                    )}
                  </Flex>
                </Card>
              </Popover>
            </Col>
          );
        })}
      </Row>
      {without.length > 0 && (
        <Typography.Text type="secondary">
          {t('noValue')}: {without.map(title).join(lang === 'zh' ? '、' : ', ')}
        </Typography.Text>
      )}
    </Flex>
  );
}
