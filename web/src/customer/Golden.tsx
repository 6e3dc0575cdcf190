import { Button, Descriptions, Flex, Popover, Typography } from 'antd';
import { Link } from 'react-router';
import type { GoldenField, GoldenValue } from '../api/types';
import { useFormat, useWords } from '../lang/LangProvider';
import { customerWords } from './words';

const known = ['name', 'phone', 'email', 'tax_no', 'address', 'city', 'title', 'company'] as const;

function useFieldName() {
  const t = useWords(customerWords);
  return (name: string) => {
    const plain = known.find((k) => k === name);
    return plain ? t(`f_${plain}`) : name.replace(/^attr:/, '');
  };
}

function Saying({ value }: { value: GoldenValue }) {
  const t = useWords(customerWords);
  const format = useFormat();
  return (
    <Flex vertical gap={2}>
      <Typography.Text style={{ overflowWrap: 'anywhere' }}>{value.value}</Typography.Text>
      <Typography.Text type="secondary" style={{ fontSize: 12 }}>
        <Link to={`/sources/${encodeURIComponent(value.source)}`}>{value.source}</Link> ·{' '}
        <span title={format.exact(value.seen)}>{format.ago(value.seen)}</span> · {t('saying', { n: value.rows })} ·{' '}
        <Link to={`/batches/${value.batch}/rows/${value.row}`}>{t('openRow', { n: value.row })}</Link>
      </Typography.Text>
    </Flex>
  );
}

/** Golden shows each field's value; behind it where it comes from, how old it is, and what other rows say. */
export function Golden({ fields }: { fields: GoldenField[] }) {
  const t = useWords(customerWords);
  const name = useFieldName();
  const rule = { recent: t('ruleRecent'), trusted: t('ruleTrusted'), frequent: t('ruleFrequent') };
  return (
    <Descriptions
      size="small"
      column={{ xs: 1, md: 2, xl: 3 }}
      items={fields.map((field) => ({
        key: field.name,
        label: name(field.name),
        children: (
          <Popover
            trigger="click"
            placement="bottomLeft"
            title={name(field.name)}
            content={
              <Flex vertical gap={10} style={{ maxWidth: 380, maxHeight: 360, overflow: 'auto' }}>
                <Saying value={field.value} />
                <Typography.Text type="secondary" style={{ fontSize: 12 }}>
                  {t('how', { rule: rule[field.rule] })}
                </Typography.Text>
                {field.losers.length === 0 ? (
                  <Typography.Text type="secondary">{t('noLosers')}</Typography.Text>
                ) : (
                  <>
                    <Typography.Text strong>{t('losers')}</Typography.Text>
                    {field.losers.map((loser) => (
                      <Saying key={`${loser.batch}:${loser.row}:${loser.value}`} value={loser} />
                    ))}
                  </>
                )}
              </Flex>
            }
          >
            <Button
              type="text"
              size="small"
              style={{
                height: 'auto',
                padding: '0 4px',
                marginInlineStart: -4,
                whiteSpace: 'normal',
                textAlign: 'start',
                overflowWrap: 'anywhere',
              }}
            >
              <span>
                {field.value.value}
                {field.losers.length > 0 && (
                  <Typography.Text type="secondary" style={{ fontSize: 12, marginInlineStart: 6 }}>
                    +{field.losers.length}
                    <span className="unseen"> {t('others', { n: field.losers.length })}</span>
                  </Typography.Text>
                )}
              </span>
            </Button>
          </Popover>
        ),
      }))}
    />
  );
}
