import { Card, Col, Flex, Row, Tooltip, Typography } from 'antd';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useLang, useWords } from '../lang/LangProvider';
import { grades, type Ledger, type Row as Line, states } from './claim';
import { hoursOf } from './ledger';
import { GradeTag, StateBadge } from './Marks';
import { currency, isNumber, range, show, unitOf } from './unit';
import { unitWords } from './unit.words';
import { gradeOf, headline } from './verdict';
import { valueWords } from './words';

/**
 * toHours says how many hours of effort one unit of a claim's effect is;
 * undefined where it is none: elapsed time is never added to effort.
 */
export function toHours(row: Line): number | undefined {
  const words = (headline(row.result?.finding)?.unit.en ?? '').toLowerCase();
  if (!words.endsWith('effort')) return undefined;
  return words.startsWith('minute') ? 1 / 60 : words.startsWith('hour') ? 1 : undefined;
}

function Tile({ title, value, about, to }: { title: string; value: ReactNode; about: ReactNode; to?: string }) {
  const body = (
    <Card
      hoverable={to !== undefined}
      size="small"
      style={{ height: '100%' }}
      styles={{ body: { padding: '14px 18px' } }}
    >
      <Typography.Text type="secondary">{title}</Typography.Text>
      <div className="numbers" style={{ fontSize: 26, fontWeight: 600, lineHeight: '38px', minHeight: 38 }}>
        {value}
      </div>
      <Typography.Text type="secondary" style={{ fontSize: 12.5 }}>
        {about}
      </Typography.Text>
    </Card>
  );
  return (
    <Col xs={24} sm={12} xl={6}>
      {to ? (
        <Link to={to} style={{ color: 'inherit' }}>
          {body}
        </Link>
      ) : (
        body
      )}
    </Col>
  );
}

/** Hero: what can be said of the whole year, and only that. */
export function Hero({ ledger }: { ledger: Ledger }) {
  const t = useWords(valueWords);
  const { lang } = useLang();
  const rows = ledger.rows ?? [];
  const total = ledger.total;
  const money = currency(total.currency);
  const known = total.counted > 0 && isNumber(total.net.value);
  const crosses = isNumber(total.net.lo) && isNumber(total.net.hi) && total.net.lo <= 0 && total.net.hi >= 0;
  const hours = hoursOf(ledger, toHours);
  const hourUnit = unitOf({ zh: unitWords.hours[0], en: unitWords.hours[1] });
  const quiet = (text: string) => <span style={{ color: 'var(--ant-color-text-tertiary)', fontSize: 16 }}>{text}</span>;
  const around = known ? range(total.net.lo, total.net.hi, money, lang) : '';
  const hoursAround = hours ? range(hours.lo, hours.hi, hourUnit, lang) : '';
  const search = `?year=${ledger.year}`;
  return (
    <Row gutter={[16, 16]}>
      <Tile
        title={t('netTitle')}
        value={known ? show(total.net.value, money, lang) : quiet(t('netNone'))}
        about={
          known ? (
            <>
              {around && <div>{t('interval', { range: around })}</div>}
              {crosses && <div style={{ color: 'var(--ant-color-warning)' }}>{t('crosses')}</div>}
              {t('netAbout', { n: total.counted, cost: show(total.cost, money, lang) })}
            </>
          ) : (
            t('netNoneHelp')
          )
        }
      />
      <Tile
        title={t('hoursTitle')}
        value={hours ? show(hours.value, hourUnit, lang) : quiet(t('hoursNone'))}
        {...(hours ? { to: `${search}&face=hours` } : {})}
        about={
          hours && (
            <>
              {hoursAround && <div>{t('interval', { range: hoursAround })}</div>}
              {t('hoursAbout', { n: hours.claims.length })}
            </>
          )
        }
      />
      <Tile
        title={t('claimsTitle')}
        value={rows.length}
        about={
          <>
            <Flex gap="2px 12px" wrap>
              {states
                .filter((s) => (ledger.counts?.[s] ?? 0) > 0)
                .map((s) => (
                  <Link key={s} to={`${search}&state=${s}`} style={{ color: 'inherit', whiteSpace: 'nowrap' }}>
                    <StateBadge state={s} /> {ledger.counts?.[s]}
                  </Link>
                ))}
            </Flex>
            {t('claimsAbout', { tests: ledger.tests })}
          </>
        }
      />
      <Tile
        title={t('gradesTitle')}
        value={
          <Flex gap="0 14px" wrap style={{ fontSize: 18 }}>
            {grades.map((g) => (
              <Link key={g} to={`${search}&grade=${g}`} style={{ color: 'inherit' }}>
                <Tooltip title={t(`grade${g}`)}>
                  <Flex gap={6} align="center">
                    <GradeTag grade={g} />
                    {rows.filter((row) => gradeOf(row) === g).length}
                  </Flex>
                </Tooltip>
              </Link>
            ))}
          </Flex>
        }
        about={t('gradesAbout')}
      />
    </Row>
  );
}
