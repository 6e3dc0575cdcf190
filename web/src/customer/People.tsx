import { Card, Col, Flex, Row, Tag, Timeline, Typography } from 'antd';
import { Link } from 'react-router';
import type { CustomerSomeone, CustomerView } from '../api/types';
import { useTerm } from '../event/verb';
import { useFormat, useWords } from '../lang/LangProvider';
import { Nothing } from '../page/Nothing';
import { customerWords } from './words';

function Someones({ all, to }: { all: CustomerSomeone[]; to: (entity: string) => string }) {
  const t = useWords(customerWords);
  const format = useFormat();
  if (all.length === 0) return <Nothing title={t('nothingHere')} about={t('nothingHereHelp')} />;
  return (
    <Flex vertical gap={8}>
      {all.map((x) => (
        <Flex key={x.entity} justify="space-between" gap={12}>
          <span style={{ minWidth: 0 }} className="clip">
            <Link to={to(x.entity)}>{x.name || x.entity.slice(0, 8)}</Link>{' '}
            {x.title && <Typography.Text type="secondary">{x.title}</Typography.Text>}{' '}
            {x.owner && <Tag color="blue">{t('owner')}</Tag>}
          </span>
          <Typography.Text type="secondary" style={{ flex: 'none', fontSize: 12 }}>
            {x.events > 0 ? t('together', { n: x.events }) : t('basisName')}
            {x.last && ` · ${format.date(x.last)}`}
          </Typography.Text>
        </Flex>
      ))}
    </Flex>
  );
}

/** People are those on both sides, who owned the customer when, and its family of companies. */
export function People({ customer }: { customer: CustomerView }) {
  const t = useWords(customerWords);
  const format = useFormat();
  const term = useTerm();
  const family = [...(customer.parent ? [customer.parent] : []), ...customer.branches];
  return (
    <Row gutter={[16, 16]}>
      <Col xs={24} lg={12}>
        <Card size="small" title={customer.kind === 'account' ? t('theirs') : t('theirAccounts')}>
          <Someones all={customer.theirs} to={(entity) => `/customers/${entity}`} />
        </Card>
      </Col>
      <Col xs={24} lg={12}>
        <Card size="small" title={t('ours')}>
          <Someones all={customer.ours} to={(entity) => `/parties/${entity}`} />
        </Card>
      </Col>
      <Col xs={24} lg={12}>
        <Card size="small" title={t('owners')}>
          {customer.owners.length === 0 ? (
            <Nothing title={t('noOwner')} />
          ) : (
            <Timeline
              items={customer.owners.map((o) => ({
                key: `${o.staff}${o.since ?? ''}${o.name}`,
                color: o.until ? 'gray' : 'blue',
                content: (
                  <Flex justify="space-between" gap={12}>
                    <span>
                      {o.staff ? <Link to={`/parties/${o.staff}`}>{o.name}</Link> : o.name}{' '}
                      <Typography.Text type="secondary">
                        {format.date(o.since)}
                        {o.until ? ` → ${format.date(o.until)}` : ''}
                      </Typography.Text>
                    </span>
                    <Link to={`/batches/${o.said.batch}/rows/${o.said.row}`} style={{ fontSize: 12 }}>
                      {o.basis === 'field' ? t('basisAttr') : term('verb', o.basis)}
                    </Link>
                  </Flex>
                ),
              }))}
            />
          )}
        </Card>
      </Col>
      {customer.kind === 'account' && (
        <Col xs={24} lg={12}>
          <Card size="small" title={t('family')}>
            {family.length === 0 ? (
              <Nothing title={t('nothingHere')} about={t('nothingHereHelp')} />
            ) : (
              <Flex vertical gap={8}>
                {family.map((f) => (
                  <Flex key={`${f.entity ?? ''}${f.name}`} justify="space-between" gap={12}>
                    <span>
                      <Tag>{f === customer.parent ? t('parent') : t('branches')}</Tag>
                      {f.entity ? <Link to={`/customers/${f.entity}`}>{f.name}</Link> : f.name}
                    </span>
                    <Typography.Text type="secondary" style={{ fontSize: 12 }}>
                      {f.basis === 'attr' ? t('basisAttr') : t('basisName')}
                    </Typography.Text>
                  </Flex>
                ))}
              </Flex>
            )}
          </Card>
        </Col>
      )}
    </Row>
  );
}
