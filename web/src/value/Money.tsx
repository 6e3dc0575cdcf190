import { Card, Col, Flex, Row, Typography } from 'antd';
import { useLang, useWords } from '../lang/LangProvider';
import { claimWords } from './claim.words';
import type { Figure, Influenced, Worth } from './claim';
import { useSaid } from './text';
import { count, currency, dash, digits, figureText, isNumber, range, show, unitOf } from './unit';

/** Pair: what incumbents print beside what was caused. */
export function Pair({ influenced, code }: { influenced: Influenced; code: string | undefined }) {
  const t = useWords(claimWords);
  const said = useSaid();
  const { lang } = useLang();
  const own = unitOf(influenced.unit);
  // A share summed over rows is how many.
  const unit = influenced.money ? currency(code) : own.form === 'share' ? count : own;
  const top = Math.max(Math.abs(influenced.touched ?? 0), Math.abs(influenced.caused.value ?? 0)) || 1;
  const around = range(influenced.caused.lo, influenced.caused.hi, unit, lang);
  const bar = (value: number | null, color: string) => (
    <div
      aria-hidden
      style={{ height: 10, borderRadius: 5, background: 'var(--ant-color-fill-secondary)', marginTop: 6 }}
    >
      <div
        style={{
          height: '100%',
          borderRadius: 5,
          width: `${Math.max(1, (100 * Math.abs(value ?? 0)) / top)}%`,
          background: color,
        }}
      />
    </div>
  );
  return (
    <Card title={t('pairTitle')}>
      <Typography.Paragraph type="secondary">{t('pairAbout')}</Typography.Paragraph>
      <Row gutter={[24, 16]}>
        <Col xs={24} md={12}>
          <Typography.Text type="secondary">{t('touched')}</Typography.Text>
          <div className="numbers" style={{ fontSize: 24, fontWeight: 600, color: 'var(--ant-color-text-secondary)' }}>
            {show(influenced.touched, unit, lang)}
          </div>
          {bar(influenced.touched, 'var(--ant-color-text-quaternary)')}
        </Col>
        <Col xs={24} md={12}>
          <Typography.Text type="secondary">{t('caused')}</Typography.Text>
          <Flex gap={10} align="baseline" wrap>
            <span className="numbers" style={{ fontSize: 24, fontWeight: 600 }}>
              {show(influenced.caused.value, unit, lang)}
            </span>
            <Typography.Text type="secondary" className="numbers">
              {around}
            </Typography.Text>
          </Flex>
          {bar(influenced.caused.value, 'var(--ant-color-primary)')}
        </Col>
      </Row>
      <Typography.Paragraph type="secondary" style={{ margin: '12px 0 0' }}>
        {isNumber(influenced.gap) && influenced.gap > 0 && (
          <span>{t('gap', { n: show(influenced.gap, unit, lang) })} </span>
        )}
        {said(influenced.note)}
      </Typography.Paragraph>
    </Card>
  );
}

/** WorthCard: effect × quantity × what a unit is worth, less the costs. */
export function WorthCard({ worth, effect }: { worth: Worth; effect: Figure | undefined }) {
  const t = useWords(claimWords);
  const said = useSaid();
  const { lang } = useLang();
  const unit = currency(worth.currency);
  const figure = (label: string, f: Figure, strong = false) => (
    <div>
      <Typography.Text type="secondary">{label}</Typography.Text>
      <div className="numbers" style={{ fontSize: strong ? 26 : 20, fontWeight: 600 }}>
        {show(f.value, unit, lang)}
      </div>
      <Typography.Text type="secondary" className="numbers" style={{ fontSize: 12.5 }}>
        {range(f.lo, f.hi, unit, lang)}
      </Typography.Text>
    </div>
  );
  const plainly = (label: string, text: string) => (
    <div>
      <Typography.Text type="secondary">{label}</Typography.Text>
      <div className="numbers" style={{ fontSize: 20, fontWeight: 600 }}>
        {text}
      </div>
    </div>
  );
  const mark = (sign: string) => (
    <span aria-hidden style={{ fontSize: 20, color: 'var(--ant-color-text-tertiary)', alignSelf: 'center' }}>
      {sign}
    </span>
  );
  return (
    <Card
      title={t('worth')}
      extra={<Typography.Text type="secondary">{t(`def_${worth.definition}` as 'def_contract')}</Typography.Text>}
    >
      <Flex gap="16px 20px" wrap>
        {plainly(t('effect'), figureText(effect, lang))}
        {mark('×')}
        {plainly(t('quantity'), isNumber(worth.quantity) ? digits(worth.quantity) : dash)}
        {mark('×')}
        {figure(t('perUnit'), worth.per_unit)}
        {mark('→')}
        {figure(t('gross'), worth.gross)}
        {mark('−')}
        {plainly(t('cost'), show(worth.cost, unit, lang))}
        {mark('=')}
        {figure(t('net'), worth.net, true)}
      </Flex>
      {said(worth.note) && (
        <Typography.Paragraph type="secondary" style={{ margin: '12px 0 0' }}>
          {said(worth.note)}
        </Typography.Paragraph>
      )}
    </Card>
  );
}
